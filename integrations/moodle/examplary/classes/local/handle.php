<?php
// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace ltiservice_examplary\local;

/**
 * The handle that a launch gives to the tool: it says for whom, where, for which tool and until when.
 *
 * It is encrypted and authenticated by Moodle with the site's own key, so nothing has to be stored. It is of no
 * use without the tool's access token, and grants nothing: permissions are checked when it is used.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class handle {
    /** Keeps what other plugins encrypt with the same key from being taken for a handle. */
    const PURPOSE = 'ltiservice_examplary/1';

    /**
     * Makes a handle.
     *
     * @param int $userid
     * @param int $courseid
     * @param int $typeid
     * @param int $expires Unix time
     * @return string
     */
    public static function make(int $userid, int $courseid, int $typeid, int $expires): string {
        return \core\encryption::encrypt(json_encode([self::PURPOSE, $userid, $courseid, $typeid, $expires]));
    }

    /**
     * Reads a handle and checks that it belongs to this tool and course.
     *
     * @param string $handle
     * @param int $courseid
     * @param int $typeid
     * @return int the user's id
     * @throws refusal
     */
    public static function user(string $handle, int $courseid, int $typeid): int {
        try {
            $content = json_decode(\core\encryption::decrypt($handle), true);
        } catch (\moodle_exception $e) {
            $content = null;
        }
        if (!is_array($content) || count($content) !== 5 || $content[0] !== self::PURPOSE) {
            throw new refusal(403, 'handle_invalid');
        }
        [, $userid, $handlecourseid, $handletypeid, $expires] = $content;
        if ($handletypeid !== $typeid || $handlecourseid !== $courseid) {
            throw new refusal(403, 'handle_elsewhere');
        }
        if ($expires < time()) {
            throw new refusal(403, 'handle_expired');
        }
        return $userid;
    }
}
