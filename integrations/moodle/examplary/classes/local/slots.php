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

use mod_quiz\quiz_settings;

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once($CFG->dirroot . '/mod/quiz/lib.php');
require_once($CFG->dirroot . '/mod/quiz/locallib.php');

/**
 * The places of a quiz: which question stands where and what it is worth.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class slots {
    /** Marks and grades that differ by less are the same. */
    const EPSILON = 0.000001;

    /**
     * The places of a quiz.
     *
     * @param \stdClass $cm the course module
     */
    public function __construct(
        /** @var \stdClass the course module */
        private readonly \stdClass $cm
    ) {
    }

    /**
     * The quiz's record, as Moodle's functions want it.
     *
     * @return \stdClass
     */
    public function quiz(): \stdClass {
        global $DB;
        $quiz = $DB->get_record('quiz', ['id' => $this->cm->instance], '*', MUST_EXIST);
        $quiz->cmid = $this->cm->id;
        return $quiz;
    }

    /**
     * The places in order.
     *
     * @return \stdClass[] id, slot, maxmark, entryid and questionid (null for random questions), pinned and so on
     */
    public function all(): array {
        global $DB;
        return array_values($DB->get_records_sql(
            "SELECT s.id, s.slot, s.maxmark, s.requireprevious, s.displaynumber, s.quizgradeitemid,
                    qr.questionbankentryid AS entryid, qr.version AS pinned, qbe.idnumber,
                    q.id AS questionid, q.name, q.qtype
               FROM {quiz_slots} s
          LEFT JOIN {question_references} qr ON qr.itemid = s.id AND qr.component = 'mod_quiz'
                    AND qr.questionarea = 'slot' AND qr.usingcontextid = :contextid
          LEFT JOIN {question_bank_entries} qbe ON qbe.id = qr.questionbankentryid
          LEFT JOIN {question_versions} qv ON qv.questionbankentryid = qbe.id
                    AND qv.version = (SELECT MAX(v.version) FROM {question_versions} v WHERE v.questionbankentryid = qbe.id)
          LEFT JOIN {question} q ON q.id = qv.questionid
              WHERE s.quizid = :quizid
           ORDER BY s.slot",
            ['contextid' => \context_module::instance($this->cm->id)->id, 'quizid' => $this->cm->instance]
        ));
    }

    /**
     * Do the places already hold these questions in this order?
     *
     * @param \stdClass[] $plan
     * @return bool
     */
    public function hold(array $plan): bool {
        $wanted = array_map(fn($step) => $step->action === 'created' ? 0 : (int) $step->entry->entryid, $plan);
        $there = array_map(fn($slot) => (int) $slot->entryid, $this->all());
        return $wanted === $there;
    }

    /**
     * Makes the places anew. Only for a quiz without attempts.
     *
     * @param \stdClass[] $plan
     */
    public function rebuild(array $plan): void {
        global $DB;
        $quiz = $this->quiz();
        $settings = [];
        foreach ($this->all() as $slot) {
            $settings[(int) $slot->entryid] = [
                'requireprevious' => $slot->requireprevious,
                'displaynumber' => $slot->displaynumber,
                'quizgradeitemid' => $slot->quizgradeitemid,
            ];
        }
        quiz_delete_references($quiz->id);
        $DB->delete_records('quiz_slots', ['quizid' => $quiz->id]);
        $DB->delete_records_select('quiz_sections', 'quizid = ? AND firstslot > ?', [$quiz->id, max(1, count($plan))]);
        $this->insert($plan, $quiz, $settings);
        if ($DB->count_records('quiz_sections', ['quizid' => $quiz->id]) > 1) {
            quiz_repaginate_questions($quiz->id, $quiz->questionsperpage);
        }
    }

    /**
     * Writes places as quiz_add_quiz_question() does, all at once.
     *
     * That function reads all places of the quiz for each that it adds, and structure::remove_slot() rewrites
     * those that follow: 500 questions took 8 to 20 seconds of a busy server, and take less than one.
     *
     * @param \stdClass[] $plan
     * @param \stdClass $quiz
     * @param array[] $settings what a question's place had before, by the id of its entry
     */
    private function insert(array $plan, \stdClass $quiz, array $settings): void {
        global $DB;
        $context = \context_module::instance($this->cm->id);
        $references = [];
        $events = [];
        foreach (array_values($plan) as $i => $step) {
            $slot = (object) (($settings[$step->entryid] ?? []) + [
                'quizid' => $quiz->id,
                'slot' => $i + 1,
                'page' => $quiz->questionsperpage ? intdiv($i, $quiz->questionsperpage) + 1 : 1,
                'maxmark' => $step->mark,
            ]);
            $slot->id = $DB->insert_record('quiz_slots', $slot);
            $references[] = (object) [
                'usingcontextid' => $context->id,
                'component' => 'mod_quiz',
                'questionarea' => 'slot',
                'itemid' => $slot->id,
                'questionbankentryid' => $step->entryid,
                'version' => null, // Always the latest.
            ];
            $events[] = \mod_quiz\event\slot_created::create([
                'context' => $context,
                'objectid' => $slot->id,
                'other' => ['quizid' => $quiz->id, 'slotnumber' => $slot->slot, 'page' => $slot->page],
            ]);
        }
        $DB->insert_records('question_references', $references);
        foreach ($events as $event) {
            $event->trigger();
        }
    }

    /**
     * Sets the marks of places that hold the right questions, and lets them use the latest versions.
     *
     * @param \stdClass[] $plan
     */
    public function set_marks(array $plan): void {
        $structure = quiz_settings::create($this->cm->instance)->get_structure();
        foreach ($this->all() as $i => $slot) {
            $structure->update_slot_maxmark($structure->get_slot_by_id($slot->id), (float) $plan[$i]->mark);
            if ($slot->pinned !== null) {
                $structure->update_slot_version($slot->id, null);
            }
        }
    }

    /**
     * Sums up the marks, and lets the quiz's grade follow if it followed them before.
     *
     * @param float $total the sum of the marks
     * @param bool $follow
     */
    public function grade(float $total, bool $follow): void {
        $calculator = quiz_settings::create($this->cm->instance)->get_grade_calculator();
        $calculator->recompute_quiz_sumgrades();
        if (quiz_has_attempts($this->cm->instance)) {
            $calculator->recompute_all_attempt_sumgrades();
            $calculator->recompute_all_final_grades();
            quiz_update_grades($this->quiz(), 0, true);
        }
        if ($follow) {
            quiz_settings::create($this->cm->instance)->get_grade_calculator()->update_quiz_maximum_grade($total);
        }
    }

    /**
     * How many attempts there are, teachers' previews apart.
     *
     * @return int
     */
    public function attempts(): int {
        global $DB;
        return $DB->count_records('quiz_attempts', ['quiz' => $this->cm->instance, 'preview' => 0]);
    }

    /**
     * What was changed in Moodle since an exam was sent.
     *
     * @param \stdClass|null $state
     * @return array[] 'what' is 'questions', 'question' or 'mark'
     */
    public function changes(?\stdClass $state): array {
        if (!isset($state->questions)) {
            return [];
        }
        $slots = $this->all();
        $there = array_map(fn($slot) => (int) $slot->entryid, $slots);
        if ($there !== array_map(fn($question) => (int) $question->entry, $state->questions)) {
            return [['what' => 'questions']];
        }
        $changes = [];
        foreach ($state->questions as $i => $question) {
            if ($slots[$i]->questionid != $question->question || $slots[$i]->pinned !== null) {
                $changes[] = ['what' => 'question', 'id' => $question->id, 'number' => $i + 1, 'name' => $slots[$i]->name];
            }
            if (abs($slots[$i]->maxmark - $question->mark) > self::EPSILON) {
                $changes[] = ['what' => 'mark', 'id' => $question->id, 'number' => $i + 1, 'name' => $slots[$i]->name];
            }
        }
        return $changes;
    }
}
