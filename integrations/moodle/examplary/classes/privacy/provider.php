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

namespace ltiservice_examplary\privacy;

use core_privacy\local\metadata\collection;
use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\contextlist;
use core_privacy\local\request\transform;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;

/**
 * Privacy: who sent an exam last is kept for each quiz.
 *
 * When it is forgotten the row stays without the person: it belongs to the course, and without it the
 * next sending of the exam would double the quiz.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class provider implements
    \core_privacy\local\metadata\provider,
    \core_privacy\local\request\core_userlist_provider,
    \core_privacy\local\request\plugin\provider {

    /**
     * Describes what is stored, and what leaves for the tool.
     *
     * @param collection $collection
     * @return collection
     */
    public static function get_metadata(collection $collection): collection {
        $collection->add_database_table('ltiservice_examplary', [
            'userid' => 'privacy:metadata:table:userid',
            'courseid' => 'privacy:metadata:table:courseid',
            'examid' => 'privacy:metadata:table:examid',
            'cmid' => 'privacy:metadata:table:cmid',
            'timecreated' => 'privacy:metadata:table:timecreated',
            'timemodified' => 'privacy:metadata:table:timemodified',
        ], 'privacy:metadata:table');
        $collection->add_external_location_link('tool', [
            'userid' => 'privacy:metadata:tool:userid',
            'fullname' => 'privacy:metadata:tool:fullname',
        ], 'privacy:metadata:tool');
        return $collection;
    }

    /**
     * The courses in which a person sent an exam.
     *
     * @param int $userid
     * @return contextlist
     */
    public static function get_contexts_for_userid(int $userid): contextlist {
        $contextlist = new contextlist();
        $contextlist->add_from_sql(
            'SELECT ctx.id FROM {ltiservice_examplary} e
               JOIN {context} ctx ON ctx.instanceid = e.courseid AND ctx.contextlevel = :level
              WHERE e.userid = :userid',
            ['level' => CONTEXT_COURSE, 'userid' => $userid]
        );
        return $contextlist;
    }

    /**
     * The people who sent an exam in a course.
     *
     * @param userlist $userlist
     */
    public static function get_users_in_context(userlist $userlist) {
        $context = $userlist->get_context();
        if ($context instanceof \context_course) {
            $userlist->add_from_sql(
                'userid',
                'SELECT userid FROM {ltiservice_examplary} WHERE courseid = :courseid AND userid <> 0',
                ['courseid' => $context->instanceid]
            );
        }
    }

    /**
     * Exports a person's rows.
     *
     * @param approved_contextlist $contextlist
     */
    public static function export_user_data(approved_contextlist $contextlist) {
        global $DB;
        foreach ($contextlist->get_contexts() as $context) {
            if (!$context instanceof \context_course) {
                continue;
            }
            $rows = $DB->get_records('ltiservice_examplary', [
                'courseid' => $context->instanceid,
                'userid' => $contextlist->get_user()->id,
            ], 'id', 'id, examid, cmid, timecreated, timemodified');
            if ($rows) {
                $exams = array_map(fn($row) => (object) [
                    'examid' => $row->examid,
                    'cmid' => $row->cmid,
                    'timecreated' => transform::datetime($row->timecreated),
                    'timemodified' => transform::datetime($row->timemodified),
                ], array_values($rows));
                writer::with_context($context)->export_data(
                    [get_string('pluginname', 'ltiservice_examplary')],
                    (object) ['exams' => $exams]
                );
            }
        }
    }

    /**
     * Forgets everyone in a course.
     *
     * @param \context $context
     */
    public static function delete_data_for_all_users_in_context(\context $context) {
        global $DB;
        if ($context instanceof \context_course) {
            $DB->set_field('ltiservice_examplary', 'userid', 0, ['courseid' => $context->instanceid]);
        }
    }

    /**
     * Forgets one person.
     *
     * @param approved_contextlist $contextlist
     */
    public static function delete_data_for_user(approved_contextlist $contextlist) {
        global $DB;
        foreach ($contextlist->get_contexts() as $context) {
            if ($context instanceof \context_course) {
                $DB->set_field('ltiservice_examplary', 'userid', 0, [
                    'courseid' => $context->instanceid,
                    'userid' => $contextlist->get_user()->id,
                ]);
            }
        }
    }

    /**
     * Forgets several people in a course.
     *
     * @param approved_userlist $userlist
     */
    public static function delete_data_for_users(approved_userlist $userlist) {
        global $DB;
        $context = $userlist->get_context();
        if (!$context instanceof \context_course || !$userlist->get_userids()) {
            return;
        }
        [$in, $params] = $DB->get_in_or_equal($userlist->get_userids(), SQL_PARAMS_NAMED);
        $DB->set_field_select(
            'ltiservice_examplary',
            'userid',
            0,
            "courseid = :courseid AND userid $in",
            $params + ['courseid' => $context->instanceid]
        );
    }
}
