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
 * The administrator's settings, and the limits.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class settings {
    /** The most questions that one exam may have. */
    const MAX_QUESTIONS = 1000;

    /** Handle lives that may be chosen, in seconds. */
    const HANDLE_LIVES = [8 * HOURSECS, DAYSECS, 2 * DAYSECS, WEEKSECS];

    /** Body limits that may be chosen, in bytes. */
    const BODY_LIMITS = [8 << 20, 16 << 20, 32 << 20, 64 << 20, 128 << 20];

    /**
     * How long a handle may be used after the launch, in seconds.
     *
     * @return int
     */
    public static function handle_life(): int {
        return (int) (get_config('ltiservice_examplary', 'handlelife') ?: DAYSECS);
    }

    /**
     * The most bytes of a request body, after it was decompressed.
     *
     * @return int
     */
    public static function max_bytes(): int {
        return (int) (get_config('ltiservice_examplary', 'maxbytes') ?: 32 << 20);
    }

    /**
     * May a tool's registration switch the service on for that tool?
     *
     * An administrator activates every registration by hand, as with the scopes of LTI's own services.
     *
     * @return bool
     */
    public static function allow_marked(): bool {
        $setting = get_config('ltiservice_examplary', 'allowmarked');
        return $setting === false || (bool) $setting;
    }
}
