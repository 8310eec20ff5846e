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
 * The row that says which quiz was made of an exam.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class link {
    /** The plugin's table. */
    const TABLE = 'ltiservice_examplary';

    /**
     * The row of an exam, if its quiz is still there.
     *
     * @param access $access
     * @param string $examid
     * @return \stdClass|null
     */
    public static function find(access $access, string $examid): ?\stdClass {
        global $DB;
        $row = $DB->get_record(self::TABLE, self::key($access, $examid));
        if ($row && !self::cm($row)) {
            $DB->delete_records(self::TABLE, ['id' => $row->id]);
            return null;
        }
        return $row ?: null;
    }

    /**
     * What a row is found by.
     *
     * @param access $access
     * @param string $examid
     * @return array
     */
    private static function key(access $access, string $examid): array {
        return ['typeid' => $access->type->id, 'courseid' => $access->course->id, 'examkey' => sha1($examid)];
    }

    /**
     * The course module of a row, unless it was deleted or waits for it in the recycle bin.
     *
     * @param \stdClass $row
     * @return \stdClass|null
     */
    public static function cm(\stdClass $row): ?\stdClass {
        $cm = get_coursemodule_from_id('quiz', $row->cmid, $row->courseid);
        return $cm && !$cm->deletioninprogress ? $cm : null;
    }

    /**
     * All rows of a tool in a course whose quizzes are there, the last changed first.
     *
     * @param access $access
     * @return \stdClass[]
     */
    public static function all(access $access): array {
        global $DB;
        return $DB->get_records_sql(
            'SELECT e.* FROM {ltiservice_examplary} e
               JOIN {course_modules} cm ON cm.id = e.cmid AND cm.deletioninprogress = 0
              WHERE e.typeid = ? AND e.courseid = ? ORDER BY e.timemodified DESC, e.id DESC',
            [$access->type->id, $access->course->id]
        );
    }

    /**
     * Quizzes of this course that hold an exam but have no row: they came with a copy of a course or a backup.
     *
     * They are known by the identifier of their category of questions, which travels with the questions.
     *
     * @param access $access
     * @param string $examid
     * @return int[] ids of course modules
     */
    public static function copies(access $access, string $examid): array {
        global $DB;
        $idnumber = question_store::category_idnumber($examid);
        $found = $DB->get_records_sql_menu(
            "SELECT cm.id, qc.idnumber FROM {question_categories} qc
               JOIN {context} ctx ON ctx.id = qc.contextid AND ctx.contextlevel = :level
               JOIN {course_modules} cm ON cm.id = ctx.instanceid AND cm.deletioninprogress = 0
               JOIN {modules} m ON m.id = cm.module AND m.name = 'quiz'
              WHERE cm.course = :courseid AND qc.idnumber = :idnumber
                AND NOT EXISTS (SELECT 1 FROM {ltiservice_examplary} e WHERE e.cmid = cm.id)
           ORDER BY cm.id DESC",
            [
                'level' => CONTEXT_MODULE,
                'courseid' => $access->course->id,
                'idnumber' => $idnumber,
            ]
        );
        // Many databases do not tell capitals apart.
        return array_keys($found, $idnumber, true);
    }

    /**
     * Saves what an exam's quiz is now.
     *
     * @param access $access
     * @param exam $exam
     * @param int $cmid
     * @param \stdClass $state
     */
    public static function save(access $access, exam $exam, int $cmid, \stdClass $state): void {
        global $DB;
        $key = self::key($access, $exam->id);
        $row = $DB->get_record(self::TABLE, $key)
            ?: (object) ($key + ['examid' => $exam->id, 'timecreated' => time()]);
        if (($row->cmid ?? 0) != $cmid) {
            $row->requestid = $exam->requestid;
        }
        $row->cmid = $cmid;
        $row->userid = $access->user->id;
        $row->hash = $exam->hash();
        $row->state = json_encode($state);
        $row->timemodified = time();
        if (isset($row->id)) {
            $DB->update_record(self::TABLE, $row);
        } else {
            $DB->insert_record(self::TABLE, $row);
        }
    }
}
