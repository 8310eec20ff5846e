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

use core\lock\lock_config;

/**
 * One sending of an exam: makes its quiz, brings it up to date, or says what the teacher must decide first.
 *
 * Everything happens in one transaction and under a lock on the course.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class sending {
    /** How long to wait for another sending to the same course, in seconds; shorter than proxies wait. */
    const LOCK_WAIT = 45;

    /** @var report */
    private report $report;

    /**
     * A sending.
     *
     * @param access $access
     * @param exam $exam
     */
    public function __construct(
        /** @var access who, where, and for which tool */
        private readonly access $access,
        /** @var exam what was sent */
        private readonly exam $exam
    ) {
        $this->report = new report($access);
    }

    /**
     * Does it.
     *
     * @return array the status and the body
     * @throws refusal
     */
    public function run(): array {
        // Moodle itself adds activities to a course without a lock, so all exams of a course share one.
        $lock = lock_config::get_lock_factory('ltiservice_examplary')
            ->get_lock('course' . $this->access->course->id, self::LOCK_WAIT);
        if (!$lock) {
            throw new refusal(503, 'busy');
        }
        try {
            return $this->send();
        } finally {
            $lock->release();
        }
    }

    /**
     * Decides between a new quiz and one that is there.
     *
     * @return array the status and the body
     */
    private function send(): array {
        $exam = $this->exam;
        $link = link::find($this->access, $exam->id);
        $repeated = $link && $exam->requestid !== null && $link->requestid === $exam->requestid;
        if ($exam->mode === 'new' && !$repeated) {
            return $this->create();
        }
        if ($link) {
            return $this->send_again($link);
        }
        $copies = link::copies($this->access, $exam->id);
        if ($exam->mode === 'adopt' && in_array($exam->cmid, $copies, true)) {
            $link = (object) ['cmid' => $exam->cmid, 'courseid' => $this->access->course->id, 'state' => null];
            return $this->update($link, null, true, 'adopted');
        }
        // The quiz that 'update' meant may have been deleted while the teacher was asked.
        if ($copies && $exam->mode !== 'update') {
            throw new refusal(409, 'quiz_copied', [
                'choices' => ['adopt', 'new'],
                'copies' => $this->report->copies($exam->id),
            ]);
        }
        return $this->create();
    }

    /**
     * Sends an exam whose quiz is there.
     *
     * @param \stdClass $link
     * @return array the status and the body
     */
    private function send_again(\stdClass $link): array {
        $state = json_decode((string) $link->state);
        $confirmed = in_array($this->exam->mode, ['update', 'adopt']) && $this->exam->cmid == $link->cmid;
        $same = $link->hash === $this->exam->hash();
        $cm = link::cm($link);
        // An update that the teacher asked for puts right what was changed in Moodle, even with the same exam.
        if ($same && !($confirmed && (new slots($cm))->changes($state))) {
            access::require_capabilities(['mod/quiz:manage'], \context_module::instance($cm->id));
            return [200, ['result' => $this->earlier_result($state) ?? 'unchanged'] + $this->report->quiz($link)];
        }
        return $this->update($link, $state, $confirmed, 'updated');
    }

    /**
     * What this same request did before, if its answer was lost.
     *
     * @param \stdClass|null $state what the last sending left
     * @return string|null
     */
    private function earlier_result(?\stdClass $state): ?string {
        $repeated = $this->exam->requestid !== null && ($state->requestid ?? null) === $this->exam->requestid;
        return $repeated ? $state->result : null;
    }

    /**
     * Makes a quiz.
     *
     * @return array the status and the body
     */
    private function create(): array {
        $section = $this->report->section_number($this->exam->sectionid);
        return $this->transaction(function () use ($section) {
            $cm = quiz_activity::create($this->exam, $this->access->course, $section);
            $store = new question_store(\context_module::instance($cm->id), $this->access->course);
            $plan = $store->plan($this->exam, null);
            $store->carry_out($this->exam, $plan);
            $slots = new slots($cm);
            $slots->rebuild($plan);
            $slots->grade($this->exam->total(), true);
            return $this->finish(201, 'created', $cm, $plan, $store, []);
        });
    }

    /**
     * Brings a quiz up to date.
     *
     * @param \stdClass $link
     * @param \stdClass|null $state what the last sending left
     * @param bool $confirmed did the teacher agree to change this quiz?
     * @param string $result
     * @return array the status and the body
     */
    private function update(\stdClass $link, ?\stdClass $state, bool $confirmed, string $result): array {
        $cm = link::cm($link);
        $context = \context_module::instance($cm->id);
        access::require_capabilities(['mod/quiz:manage', 'moodle/question:add'], $context);
        return $this->transaction(function () use ($link, $state, $confirmed, $result, $cm, $context) {
            $slots = new slots($cm);
            $store = new question_store($context, $this->access->course);
            $plan = $store->plan($this->exam, $state);
            $samequestions = $slots->hold($plan);
            $this->ask($link, $state, $confirmed, $slots, $samequestions);
            $gone = $this->gone($plan, $state, $store);
            $changed = array_filter($plan, fn($step) => $step->entry && $step->action !== 'kept');
            $store->require_edit([...$gone, ...array_column($changed, 'entry')]);

            $quiz = $slots->quiz();
            // The grade follows the marks unless somebody gave the quiz another one.
            $follow = abs($quiz->grade - ($state->grade ?? $quiz->sumgrades)) < slots::EPSILON;
            quiz_delete_previews($quiz);
            $store->carry_out($this->exam, $plan);
            if ($samequestions) {
                $slots->set_marks($plan);
            } else {
                $slots->rebuild($plan);
            }
            $slots->grade($this->exam->total(), $follow);
            $store->remove(array_column($gone, 'entryid'));
            quiz_activity::update($this->exam, $cm, $quiz, $state);
            $cm = link::cm($link);
            \core\event\course_module_updated::create_from_cm($cm, $context)->trigger();
            return $this->finish(200, $result, $cm, $plan, $store, $gone);
        });
    }

    /**
     * Refuses with a question to the teacher where a quiz is not simply ours to change.
     *
     * @param \stdClass $link
     * @param \stdClass|null $state
     * @param bool $confirmed
     * @param slots $slots
     * @param bool $samequestions
     * @throws refusal
     */
    private function ask(\stdClass $link, ?\stdClass $state, bool $confirmed, slots $slots, bool $samequestions): void {
        $attempts = $slots->attempts();
        if ($attempts && !$samequestions) {
            throw new refusal(409, 'quiz_has_attempts', [
                'choices' => ['new'],
                'quiz' => $this->report->summary($link),
            ], $attempts);
        }
        if ($confirmed) {
            return;
        }
        $details = [
            'choices' => ['update', 'new'],
            'quiz' => $this->report->summary($link),
            'changes' => $slots->changes($state),
        ];
        if ($link->userid != $this->access->user->id) {
            throw new refusal(409, 'quiz_of_colleague', $details);
        }
        if ($details['changes']) {
            throw new refusal(409, 'quiz_changed', $details);
        }
    }

    /**
     * Entries that an earlier sending made and this exam has no more.
     *
     * @param \stdClass[] $plan
     * @param \stdClass|null $state
     * @param question_store $store
     * @return \stdClass[]
     */
    private function gone(array $plan, ?\stdClass $state, question_store $store): array {
        $stays = [];
        foreach ($plan as $step) {
            if ($step->entry && $step->action !== 'created') {
                $stays[(int) $step->entry->entryid] = true;
            }
        }
        $ours = array_map('intval', array_column($state->questions ?? [], 'entry'));
        return array_values(array_filter(
            $store->entries(),
            fn($entry) => in_array((int) $entry->entryid, $ours, true) && !isset($stays[(int) $entry->entryid])
        ));
    }

    /**
     * Remembers what was done and reports it.
     *
     * @param int $status
     * @param string $result
     * @param \stdClass $cm
     * @param \stdClass[] $plan
     * @param question_store $store
     * @param \stdClass[] $gone
     * @return array the status and the body
     */
    private function finish(int $status, string $result, \stdClass $cm, array $plan, question_store $store, array $gone): array {
        $quiz = (new slots($cm))->quiz();
        $state = quiz_activity::state($quiz, $plan);
        $state->requestid = $this->exam->requestid;
        $state->result = $result;
        link::save($this->access, $this->exam, $cm->id, $state);
        $body = $this->report->quiz(link::find($this->access, $this->exam->id));
        $actions = array_column($plan, 'action', 'id');
        foreach ($body['questions'] as $i => $question) {
            $body['questions'][$i]['action'] = $actions[$question['id']];
        }
        $body['removed'] = array_map(fn($entry) => ['id' => $entry->idnumber, 'name' => $entry->name], $gone);
        $body['notices'] = $store->notices;
        return [$status, ['result' => $result] + $body];
    }

    /**
     * Runs something in a transaction: all of it is there afterwards, or nothing.
     *
     * @param callable $callback
     * @return array
     */
    private function transaction(callable $callback): array {
        global $DB;
        $transaction = $DB->start_delegated_transaction();
        try {
            $result = $callback();
            $transaction->allow_commit();
            return $result;
        } catch (\Throwable $e) {
            // The importer may have ended the transaction itself.
            if ($DB->is_transaction_started()) {
                $DB->force_transaction_rollback();
            }
            $this->forget_cached_course();
            throw $e;
        }
    }

    /**
     * Makes Moodle forget what it cached of the course while the transaction lasted.
     *
     * The cache is versioned by course.cacherev, which went up inside the transaction and back with it: the next
     * version would be one that was cached with the quiz that is gone.
     */
    private function forget_cached_course(): void {
        global $DB;
        $courseid = $this->access->course->id;
        $revision = (int) $DB->get_field('course', 'cacherev', ['id' => $courseid]);
        // Far above what the transaction can have used: each change adds one, or takes the time.
        $DB->set_field('course', 'cacherev', max($revision, time()) + 1000, ['id' => $courseid]);
        rebuild_course_cache($courseid, true);
    }
}
