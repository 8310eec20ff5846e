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

namespace ltiservice_examplary\task;

/**
 * Removes rows whose tool or quiz is gone without an event.
 *
 * mod_lti triggers no event when a tool is deleted.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class cleanup extends \core\task\scheduled_task {
    /**
     * The task's name.
     *
     * @return string
     */
    public function get_name() {
        return get_string('task_cleanup', 'ltiservice_examplary');
    }

    /**
     * Runs the task.
     */
    public function execute() {
        global $DB;
        $DB->delete_records_select(
            'ltiservice_examplary',
            'NOT EXISTS (SELECT 1 FROM {lti_types} t WHERE t.id = {ltiservice_examplary}.typeid)
             OR NOT EXISTS (SELECT 1 FROM {course_modules} cm WHERE cm.id = {ltiservice_examplary}.cmid)'
        );
    }
}
