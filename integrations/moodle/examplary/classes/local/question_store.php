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

use ltiservice_examplary\task\delete_questions;

/**
 * The questions of an exam in the bank of its quiz.
 *
 * They live in the quiz's own context, in a category of their own: the same on Moodle 4.5 and 5.x, gone with the
 * quiz and copied with it. The exam's identifier of a question is the idnumber of its bank entry.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class question_store {
    /** More questions are deleted by a task. */
    const DELETE_AT_ONCE = 50;

    /** @var string[] what the importer said of questions that it took, by their identifier */
    public array $notices = [];

    /**
     * The bank of a quiz.
     *
     * @param \context_module $context
     * @param \stdClass $course
     */
    public function __construct(
        /** @var \context_module the quiz's context */
        private readonly \context_module $context,
        /** @var \stdClass the course */
        private readonly \stdClass $course
    ) {
    }

    /**
     * The idnumber of an exam's category. Copies of the quiz are known by it.
     *
     * @param string $examid
     * @return string at most 100 characters
     */
    public static function category_idnumber(string $examid): string {
        $idnumber = "examplary:$examid";
        return strlen($idnumber) <= 100 ? $idnumber : 'examplary:' . hash('sha256', $examid);
    }

    /**
     * The exam's category, made if it is not there.
     *
     * @param exam $exam
     * @return \stdClass
     */
    private function category(exam $exam): \stdClass {
        global $DB;
        $key = ['contextid' => $this->context->id, 'idnumber' => self::category_idnumber($exam->id)];
        $category = $DB->get_record('question_categories', $key);
        if (!$category) {
            $category = (object) ($key + [
                'name' => $exam->name,
                'info' => '',
                'infoformat' => FORMAT_PLAIN,
                'parent' => question_get_top_category($this->context->id, true)->id,
                'sortorder' => 999,
                'stamp' => make_unique_id_code(),
            ]);
            $category->id = $DB->insert_record('question_categories', $category);
            \core\event\question_category_created::create_from_question_category_instance($category, $this->context)->trigger();
        }
        return $category;
    }

    /**
     * The entries of the quiz's bank that have an idnumber, with their last version.
     *
     * @return \stdClass[] by idnumber: entryid, idnumber, questionid, qtype, name, createdby, status
     */
    public function entries(): array {
        global $DB;
        $entries = $DB->get_records_sql(
            'SELECT qbe.id AS entryid, qbe.idnumber, q.id AS questionid, q.qtype, q.name, q.createdby, qv.status
               FROM {question_bank_entries} qbe
               JOIN {question_categories} qc ON qc.id = qbe.questioncategoryid
               JOIN {question_versions} qv ON qv.questionbankentryid = qbe.id
               JOIN {question} q ON q.id = qv.questionid
              WHERE qc.contextid = ? AND qbe.idnumber IS NOT NULL AND q.parent = 0
                AND qv.version = (SELECT MAX(v.version) FROM {question_versions} v WHERE v.questionbankentryid = qbe.id)
           ORDER BY qbe.id',
            [$this->context->id]
        );
        return array_column($entries, null, 'idnumber');
    }

    /**
     * Decides what has to be done with each question, and reads those that are new or changed.
     *
     * @param exam $exam
     * @param \stdClass|null $state what the last sending left
     * @return \stdClass[] id, mark, hash, action ('kept', 'new_version' or 'created'), question, entry
     * @throws refusal
     */
    public function plan(exam $exam, ?\stdClass $state): array {
        $xml = new xml_questions($exam);
        $entries = $this->entries();
        $known = array_column($state->questions ?? [], null, 'id');
        $plan = [];
        $errors = [];
        foreach ($exam->questions as $i => $item) {
            $step = (object) ($item + ['hash' => $xml->hash($i), 'question' => null, 'entry' => $entries[$item['id']] ?? null]);
            $last = $known[$item['id']] ?? null;
            if ($step->entry && $last && $last->hash === $step->hash && $last->question == $step->entry->questionid
                    && $step->entry->status === 'ready') {
                $step->action = 'kept';
            } else {
                [$step->question, $said] = $xml->read($i);
                if (!$step->question) {
                    $errors[] = ['id' => $step->id, 'number' => $i + 1, 'name' => $xml->name($i), 'message' => $said];
                    continue;
                }
                // A question cannot become one of another type: attempts are regraded with its versions.
                $step->action = $step->entry && $step->entry->qtype === $step->question->qtype ? 'new_version' : 'created';
            }
            $plan[] = $step;
        }
        if ($errors) {
            throw new refusal(422, 'import_failed', ['questions' => $errors], count($errors));
        }
        return $plan;
    }

    /**
     * Does what was planned. Afterwards each step has the ids of its entry and question.
     *
     * @param exam $exam
     * @param \stdClass[] $plan
     * @throws refusal
     */
    public function carry_out(exam $exam, array $plan): void {
        global $DB;
        $category = $this->category($exam);
        $errors = [];
        foreach ($plan as $i => $step) {
            $step->entryid = (int) ($step->entry->entryid ?? 0);
            $step->questionid = (int) ($step->entry->questionid ?? 0);
            if ($step->action === 'kept') {
                continue;
            }
            if ($step->action === 'created' && $step->entry) {
                // Its place is taken by a question of another type.
                $DB->set_field('question_bank_entries', 'idnumber', null, ['id' => $step->entryid]);
            }
            $step->question->idnumber = $step->action === 'created' ? $step->id : '';
            $name = $step->question->name;
            [$questionid, $said] = question_format::import($step->question, $category, $this->course);
            if (!$questionid) {
                $errors[] = ['id' => $step->id, 'number' => $i + 1, 'name' => $name, 'message' => $said];
                if (!$DB->is_transaction_started()) {
                    break; // The importer ended it. Nothing may be written from here on.
                }
                continue;
            }
            if ($said !== '') {
                $this->notices[] = ['id' => $step->id, 'number' => $i + 1, 'name' => $name, 'message' => $said];
            }
            $step->questionid = (int) $questionid;
            $newentryid = (int) get_question_bank_entry($questionid)->id;
            if ($step->action === 'new_version') {
                $this->make_version($questionid, $newentryid, $step->entryid);
            } else {
                $step->entryid = $newentryid;
            }
            $step->question = null; // Pictures are large.
        }
        if ($errors) {
            throw new refusal(422, 'import_failed', ['questions' => $errors], count($errors));
        }
    }

    /**
     * Turns an imported question into the next version of another one.
     *
     * @param int $questionid
     * @param int $newentryid the entry that the import made
     * @param int $entryid the entry that gets the version
     */
    private function make_version(int $questionid, int $newentryid, int $entryid): void {
        global $DB;
        $version = get_next_version($entryid);
        $DB->set_field('question_versions', 'version', $version, ['questionid' => $questionid]);
        $DB->set_field('question_versions', 'questionbankentryid', $entryid, ['questionid' => $questionid]);
        $DB->delete_records('question_bank_entries', ['id' => $newentryid]);
        \question_bank::notify_question_edited($questionid);
    }

    /**
     * Checks that the teacher may change or delete these questions.
     *
     * @param \stdClass[] $entries
     * @throws refusal
     */
    public function require_edit(array $entries): void {
        foreach ($entries as $entry) {
            $question = (object) [
                'id' => $entry->questionid,
                'contextid' => $this->context->id,
                'createdby' => $entry->createdby,
            ];
            if (!question_has_capability_on($question, 'edit')) {
                throw new refusal(
                    403,
                    'permission_missing',
                    ['capabilities' => ['moodle/question:editall']],
                    'moodle/question:editall'
                );
            }
        }
    }

    /**
     * Removes entries: a few at once, many by a task, so that the answer does not come too late for a proxy.
     *
     * @param int[] $entryids
     */
    public function remove(array $entryids): void {
        if (count($entryids) <= self::DELETE_AT_ONCE) {
            self::delete($entryids);
        } else {
            \core\task\manager::queue_adhoc_task(delete_questions::make($this->context->id, $entryids));
        }
    }

    /**
     * Deletes entries with all their versions. What is used elsewhere is only hidden, by Moodle.
     *
     * @param int[] $entryids
     */
    public static function delete(array $entryids): void {
        global $DB;
        foreach ($entryids as $entryid) {
            $questionids = $DB->get_fieldset_select('question_versions', 'questionid', 'questionbankentryid = ?', [$entryid]);
            foreach ($questionids as $questionid) {
                question_delete_question($questionid);
            }
        }
    }
}
