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

use ltiservice_examplary\local\service\examplary;
use mod_lti\local\ltiservice\resource_base;

/**
 * Who asks, for whom and where: every request's checks, made anew each time.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class access {
    /** What a person must be allowed to do in the course. */
    const CAPABILITIES = [
        'moodle/course:manageactivities',
        'mod/quiz:addinstance',
        'mod/quiz:manage',
        'moodle/question:add',
    ];

    /**
     * What was found.
     *
     * @param \stdClass $type the tool, a record of lti_types
     * @param array $config the tool's settings
     * @param \stdClass $user the teacher
     * @param \stdClass $course the course
     */
    private function __construct(
        /** @var \stdClass the tool, a record of lti_types */
        public readonly \stdClass $type,
        /** @var array the tool's settings */
        public readonly array $config,
        /** @var \stdClass the teacher */
        public readonly \stdClass $user,
        /** @var \stdClass the course */
        public readonly \stdClass $course
    ) {
    }

    /**
     * Checks a request and becomes the teacher for the rest of it.
     *
     * @param resource_base $resource
     * @param string $courseid as the path has it
     * @return self
     * @throws refusal
     */
    public static function check(resource_base $resource, string $courseid): self {
        global $DB;
        $service = $resource->get_service();
        // An OAuth 1 signature must not get through: the scope is the tool's permission.
        if (!$service->check_tool(null, null, [examplary::SCOPE]) || !$service->get_type()) {
            throw new refusal(401, 'token_invalid');
        }
        [$type, $config] = [$service->get_type(), $service->get_typeconfig()];
        if (!tool::is_on($type, $config)) {
            throw new refusal(403, 'service_off');
        }
        if (!ctype_digit($courseid)) {
            throw new refusal(404, 'course_gone');
        }
        $userid = handle::user($_SERVER['HTTP_EXAMPLARY_HANDLE'] ?? '', (int) $courseid, (int) $type->id);
        $course = $DB->get_record('course', ['id' => (int) $courseid]);
        if (!$course) {
            throw new refusal(404, 'course_gone');
        }
        if (!tool::is_allowed_in_course($type->id, $course)) {
            throw new refusal(403, 'course_not_allowed');
        }
        return new self($type, $config, self::become($userid, $course), $course);
    }

    /**
     * Becomes the teacher, if that person may still use the course and make quizzes in it.
     *
     * @param int $userid
     * @param \stdClass $course
     * @return \stdClass the user
     */
    private static function become(int $userid, \stdClass $course): \stdClass {
        $user = \core_user::get_user($userid);
        try {
            \core_user::require_active_user($user ?: (object) ['id' => 0, 'deleted' => 1], true, true);
        } catch (\moodle_exception $e) {
            throw new refusal(403, 'user_inactive');
        }
        \core\session\manager::set_user($user);
        if (!can_access_course($course, $user, '', true)) {
            throw new refusal(403, 'course_closed');
        }
        self::require_capabilities(self::CAPABILITIES, \context_course::instance($course->id));
        return $user;
    }

    /**
     * Checks permissions and names those that are missing.
     *
     * @param string[] $capabilities
     * @param \context $context
     * @throws refusal
     */
    public static function require_capabilities(array $capabilities, \context $context): void {
        $missing = array_values(array_filter($capabilities, fn($name) => !has_capability($name, $context)));
        if ($missing) {
            throw new refusal(403, 'permission_missing', ['capabilities' => $missing], implode(', ', $missing));
        }
    }
}
