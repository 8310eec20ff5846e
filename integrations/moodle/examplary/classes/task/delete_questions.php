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

use ltiservice_examplary\local\question_store;

/**
 * Deletes many questions that an exam no longer has. Moodle needs a while for each.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class delete_questions extends \core\task\adhoc_task {
    /**
     * Makes the task.
     *
     * @param int $contextid the context of the quiz
     * @param int[] $entryids
     * @return self
     */
    public static function make(int $contextid, array $entryids): self {
        $task = new self();
        $task->set_custom_data(['contextid' => $contextid, 'entryids' => array_values($entryids)]);
        return $task;
    }

    /**
     * Runs the task.
     */
    public function execute() {
        global $DB;
        $data = $this->get_custom_data();
        if (!$data->entryids || !\context::instance_by_id($data->contextid, IGNORE_MISSING)) {
            return;
        }
        [$in, $params] = $DB->get_in_or_equal($data->entryids, SQL_PARAMS_NAMED);
        // The exam may have got a question back since.
        $entryids = $DB->get_fieldset_sql(
            "SELECT qbe.id FROM {question_bank_entries} qbe
               JOIN {question_categories} qc ON qc.id = qbe.questioncategoryid AND qc.contextid = :contextid
              WHERE qbe.id $in
                AND NOT EXISTS (SELECT 1 FROM {question_references} qr WHERE qr.questionbankentryid = qbe.id)",
            $params + ['contextid' => $data->contextid]
        );
        question_store::delete($entryids);
    }
}
