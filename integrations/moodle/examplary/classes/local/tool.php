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
 * For which tools, and in which courses, the service is on.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class tool {
    /** The administrator switched the service off for a tool. */
    const OFF = 0;

    /** The administrator switched the service on for a tool. */
    const ON = 1;

    /** On when the tool's registration asks for it and the site allows that; the same as no choice made. */
    const WHEN_ASKED = 2;

    /** The line of custom parameters with which a registration asks for the service. */
    const MARK = 'examplary_quiz=1';

    /** The setting of mod_lti that holds the choice for a tool. */
    const SETTING = 'ltiservice_examplary';

    /**
     * Is the service on for this tool?
     *
     * Only tools of the site: a teacher may add tools to a course, and would decide for colleagues.
     *
     * @param \stdClass $type a record of lti_types
     * @param array $config the tool's settings, name => value
     * @return bool
     */
    public static function is_on(\stdClass $type, array $config): bool {
        if ($type->course != SITEID || $type->state != LTI_TOOL_STATE_CONFIGURED || $type->ltiversion !== LTI_VERSION_1P3) {
            return false;
        }
        $choice = $config[self::SETTING] ?? self::WHEN_ASKED;
        if ((int) $choice === self::WHEN_ASKED) {
            return settings::allow_marked() && self::asks($config['customparameters'] ?? '');
        }
        return (int) $choice === self::ON;
    }

    /**
     * Do these custom parameters ask for the service?
     *
     * @param string $parameters one on each line
     * @return bool
     */
    public static function asks(string $parameters): bool {
        $lines = array_map(fn($line) => preg_replace('/\s+/', '', $line), preg_split('/[\r\n;]+/', $parameters));
        return in_array(self::MARK, $lines, true);
    }

    /**
     * May the tool be used in this course? A tool can be restricted to course categories.
     *
     * @param int $typeid
     * @param \stdClass $course
     * @return bool
     */
    public static function is_allowed_in_course(int $typeid, \stdClass $course): bool {
        global $DB;
        if ($course->id == SITEID) {
            return false;
        }
        $categories = $DB->get_fieldset_select('lti_types_categories', 'categoryid', 'typeid = ?', [$typeid]);
        return !$categories || in_array($course->category, $categories);
    }

    /**
     * The tools that can be opened from a course's navigation.
     *
     * @param \stdClass $course
     * @return \stdClass[] records of lti_types by id
     */
    public static function for_course(\stdClass $course): array {
        global $CFG, $DB;
        require_once($CFG->dirroot . '/mod/lti/locallib.php');
        $types = $DB->get_records('lti_types', [
            'course' => SITEID,
            'state' => LTI_TOOL_STATE_CONFIGURED,
            'ltiversion' => LTI_VERSION_1P3,
        ], 'name, id');
        return array_filter($types, function ($type) use ($course) {
            $config = lti_get_type_config($type->id);
            return !empty($config['contentitem']) && self::is_on($type, $config)
                && self::is_allowed_in_course($type->id, $course);
        });
    }
}
