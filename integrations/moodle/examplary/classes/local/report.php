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

/**
 * What the tool is told, see PROTOCOL.md.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class report {
    /**
     * A report for a tool.
     *
     * @param access $access
     */
    public function __construct(
        /** @var access who, where, and for which tool */
        private readonly access $access
    ) {
    }

    /**
     * The course: where a quiz can go, and what is there.
     *
     * @return array
     */
    public function course(): array {
        global $CFG;
        $course = $this->access->course;
        return [
            'protocol' => examplary::PROTOCOL,
            'plugin' => [
                'version' => get_config('ltiservice_examplary', 'version'),
                'release' => $this->release(),
            ],
            'moodle' => ['version' => (string) $CFG->version, 'branch' => (int) $CFG->branch],
            'limits' => ['body_bytes' => settings::max_bytes(), 'questions' => settings::MAX_QUESTIONS],
            'course' => [
                'id' => (int) $course->id,
                'name' => $this->text($course->fullname, \context_course::instance($course->id)),
                'url' => (new \moodle_url('/course/view.php', ['id' => $course->id]))->out(false),
            ],
            'sections' => $this->sections(),
            'default_section_id' => $this->default_section_id(),
            'quizzes' => array_values(array_map(
                fn($link) => ['exam_id' => $link->examid] + $this->summary($link),
                link::all($this->access)
            )),
        ];
    }

    /**
     * A quiz with its questions.
     *
     * @param \stdClass $link
     * @return array
     */
    public function quiz(\stdClass $link): array {
        $cm = link::cm($link);
        $context = \context_module::instance($cm->id);
        $slots = new slots($cm);
        $questions = array_map(fn($slot) => [
            'id' => $slot->idnumber,
            'number' => (int) $slot->slot,
            'name' => $slot->name === null ? null : $this->text($slot->name, $context),
            'type' => $slot->qtype,
            'mark' => (float) $slot->maxmark,
            'preview_url' => $slot->questionid === null ? null : (new \moodle_url(
                '/question/bank/previewquestion/preview.php',
                ['id' => $slot->questionid, 'cmid' => $cm->id]
            ))->out(false),
            'edit_url' => $slot->questionid === null ? null : (new \moodle_url(
                '/question/bank/editquestion/question.php',
                ['id' => $slot->questionid, 'cmid' => $cm->id, 'returnurl' => "/mod/quiz/edit.php?cmid={$cm->id}"]
            ))->out(false),
        ], $slots->all());
        return [
            'exam_id' => $link->examid,
            'quiz' => $this->summary($link),
            'changes' => $slots->changes(json_decode((string) $link->state)),
            'questions' => $questions,
        ];
    }

    /**
     * A quiz in short.
     *
     * @param \stdClass $link
     * @return array
     */
    public function summary(\stdClass $link): array {
        return $this->cm_summary(link::cm($link)) + [
            'sent' => [
                'by_you' => $link->userid == $this->access->user->id,
                'by' => $this->person((int) $link->userid),
                'at' => gmdate('Y-m-d\TH:i:s\Z', $link->timemodified),
            ],
        ];
    }

    /**
     * Quizzes that hold an exam but were not made by sending it to this course.
     *
     * @param string $examid
     * @return array[]
     */
    public function copies(string $examid): array {
        return array_map(
            fn($cmid) => $this->cm_summary(get_coursemodule_from_id('quiz', $cmid, 0, false, MUST_EXIST)),
            link::copies($this->access, $examid)
        );
    }

    /**
     * The number of the section in which a new quiz goes.
     *
     * @param int|null $id course_sections.id
     * @return int
     * @throws refusal
     */
    public function section_number(?int $id): int {
        $id ??= $this->default_section_id();
        foreach ($this->sections() as $section) {
            if ($section['id'] === $id) {
                return $section['number'];
            }
        }
        throw new refusal(400, 'section_gone', ['sections' => $this->sections()]);
    }

    /**
     * The sections of the course. Those that belong to an activity are left out.
     *
     * @return array[]
     */
    private function sections(): array {
        $sections = [];
        foreach (get_fast_modinfo($this->access->course)->get_section_info_all() as $section) {
            if (empty($section->component)) {
                $sections[] = [
                    'id' => (int) $section->id,
                    'number' => (int) $section->section,
                    'name' => html_entity_decode(
                        strip_tags(get_section_name($this->access->course, $section)),
                        ENT_QUOTES | ENT_HTML5
                    ),
                    'visible' => (bool) $section->visible,
                ];
            }
        }
        return $sections;
    }

    /**
     * Where a new quiz goes if nobody chooses: the section of the teacher's last one, else the first.
     *
     * @return int
     */
    private function default_section_id(): int {
        $ids = array_column($this->sections(), 'id');
        foreach (link::all($this->access) as $link) {
            $cm = $link->userid == $this->access->user->id ? link::cm($link) : null;
            if ($cm && in_array((int) $cm->section, $ids, true)) {
                return (int) $cm->section;
            }
        }
        return $ids[0];
    }

    /**
     * A quiz in short, however it came to be.
     *
     * @param \stdClass $cm
     * @return array
     */
    private function cm_summary(\stdClass $cm): array {
        $slots = new slots($cm);
        $quiz = $slots->quiz();
        return [
            'cmid' => (int) $cm->id,
            'name' => $this->text($quiz->name, \context_module::instance($cm->id)),
            'url' => (new \moodle_url('/mod/quiz/view.php', ['id' => $cm->id]))->out(false),
            'edit_url' => (new \moodle_url('/mod/quiz/edit.php', ['cmid' => $cm->id]))->out(false),
            'questions_url' => (new \moodle_url('/question/edit.php', ['cmid' => $cm->id]))->out(false),
            'visible' => (bool) $cm->visible,
            'section_id' => (int) $cm->section,
            'time_limit' => (int) $quiz->timelimit,
            'grade' => (float) $quiz->grade,
            'sum_of_marks' => (float) $quiz->sumgrades,
            'questions' => count($slots->all()),
            'attempts' => $slots->attempts(),
        ];
    }

    /**
     * A colleague's name, unless this tool is told no names.
     *
     * @param int $userid
     * @return string|null
     */
    private function person(int $userid): ?string {
        $user = $userid ? \core_user::get_user($userid) : null;
        $tellsnames = ($this->access->config['sendname'] ?? LTI_SETTING_NEVER) != LTI_SETTING_NEVER;
        return $user && !$user->deleted && $tellsnames ? fullname($user) : null;
    }

    /**
     * A name as people read it.
     *
     * @param string $text
     * @param \context $context
     * @return string
     */
    private function text(string $text, \context $context): string {
        return html_entity_decode(format_string($text, true, ['context' => $context]), ENT_QUOTES | ENT_HTML5);
    }

    /**
     * The plugin's release.
     *
     * @return string
     */
    private function release(): string {
        return \core_plugin_manager::instance()->get_plugin_info('ltiservice_examplary')->release;
    }
}
