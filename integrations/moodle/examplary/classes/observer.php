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

namespace ltiservice_examplary;

use core\event\base;
use core\event\course_module_deleted;

/**
 * Forgets quizzes that are gone.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class observer {
    /**
     * A quiz was deleted.
     *
     * @param course_module_deleted $event
     */
    public static function course_module_deleted(course_module_deleted $event): void {
        global $DB;
        if (($event->other['modulename'] ?? '') === 'quiz') {
            $DB->delete_records('ltiservice_examplary', ['cmid' => $event->objectid]);
        }
    }

    /**
     * A course was deleted, or emptied before a restore into it.
     *
     * @param base $event
     */
    public static function course_emptied(base $event): void {
        global $DB;
        $DB->delete_records('ltiservice_examplary', ['courseid' => $event->courseid]);
    }
}
