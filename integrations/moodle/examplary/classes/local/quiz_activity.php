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

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once($CFG->dirroot . '/course/lib.php');
require_once($CFG->dirroot . '/course/modlib.php');
require_once($CFG->dirroot . '/mod/quiz/lib.php');
require_once($CFG->dirroot . '/mod/quiz/locallib.php');

/**
 * The quiz itself: makes it with the site's defaults, and later changes only what nobody changed in Moodle.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class quiz_activity {
    /** Settings of quiz that are taken from the site's defaults. */
    const DEFAULTS = [
        'overduehandling', 'graceperiod', 'preferredbehaviour', 'canredoquestions', 'attempts', 'attemptonlast',
        'grademethod', 'decimalpoints', 'questiondecimalpoints', 'questionsperpage', 'navmethod', 'shuffleanswers',
        'showuserpicture', 'showblocks', 'subnet', 'delay1', 'delay2', 'browsersecurity', 'quizpassword', 'timelimit',
        'precreateattempts',
    ];

    /** When results can be reviewed, as the form names it and as the setting holds it. */
    const REVIEW_TIMES = ['during' => 0x10000, 'immediately' => 0x01000, 'open' => 0x00100, 'closed' => 0x00010];

    /** What can be reviewed. */
    const REVIEW_FIELDS = [
        'attempt', 'correctness', 'maxmarks', 'marks', 'specificfeedback', 'generalfeedback', 'rightanswer',
        'overallfeedback',
    ];

    /**
     * Makes a hidden quiz.
     *
     * @param exam $exam
     * @param \stdClass $course
     * @param int $section the section's number
     * @return \stdClass the course module
     */
    public static function create(exam $exam, \stdClass $course, int $section): \stdClass {
        // Also checks that this course may have quizzes, and brings the defaults of groups and completion.
        [, , , , $data] = prepare_new_moduleinfo_data($course, 'quiz', $section);
        $config = get_config('quiz');
        foreach (self::DEFAULTS as $name) {
            if (isset($config->$name)) {
                $data->$name = $config->$name;
            }
        }
        foreach (self::REVIEW_FIELDS as $field) {
            foreach (self::REVIEW_TIMES as $time => $bit) {
                $data->{$field . $time} = ((int) ($config->{"review$field"} ?? 0) & $bit) ? 1 : 0;
            }
        }
        $data->add = 'quiz';
        $data->name = $exam->name;
        $data->introeditor['text'] = self::intro($exam);
        $data->introeditor['format'] = FORMAT_HTML;
        $data->visible = 0;
        $data->visibleoncoursepage = 1;
        $data->cmidnumber = '';
        $data->timeopen = 0;
        $data->timeclose = 0;
        $data->timelimit = $exam->timelimit ?? (int) ($data->timelimit ?? 0);
        $data->grade = $exam->total();
        $data->repaginatenow = 0;
        $data->quizpassword ??= '';
        // Moodle 5 would make an empty category beside ours.
        $data->skipdefaultcategory = true;
        $made = add_moduleinfo($data, $course);
        return get_coursemodule_from_id('quiz', $made->coursemodule, $course->id, false, MUST_EXIST);
    }

    /**
     * Brings name, description and time limit up to date where they are still as the last sending left them.
     *
     * @param exam $exam
     * @param \stdClass $cm
     * @param \stdClass $quiz
     * @param \stdClass|null $state what the last sending left; without it nothing is touched
     */
    public static function update(exam $exam, \stdClass $cm, \stdClass $quiz, ?\stdClass $state): void {
        global $DB;
        if ($state === null) {
            return;
        }
        if ($exam->name !== $quiz->name && $state->name === $quiz->name) {
            set_coursemodule_name($cm->id, $exam->name);
        }
        if ($exam->intro !== null && $state->intro === md5((string) $quiz->intro)) {
            $DB->set_field('quiz', 'intro', self::intro($exam), ['id' => $quiz->id]);
        }
        if ($exam->timelimit !== null && $exam->timelimit != $quiz->timelimit && $state->timelimit == $quiz->timelimit) {
            $DB->set_field('quiz', 'timelimit', $exam->timelimit, ['id' => $quiz->id]);
            quiz_update_open_attempts(['quizid' => $quiz->id]);
        }
        $DB->set_field('quiz', 'timemodified', time(), ['id' => $quiz->id]);
    }

    /**
     * What is remembered of a quiz.
     *
     * @param \stdClass $quiz
     * @param \stdClass[] $plan
     * @return \stdClass
     */
    public static function state(\stdClass $quiz, array $plan): \stdClass {
        return (object) [
            'name' => $quiz->name,
            'intro' => md5((string) $quiz->intro),
            'timelimit' => (int) $quiz->timelimit,
            'grade' => (float) $quiz->grade,
            'questions' => array_map(fn($step) => [
                'id' => $step->id,
                'entry' => $step->entryid,
                'question' => $step->questionid,
                'mark' => (float) $step->mark,
                'hash' => $step->hash,
            ], $plan),
        ];
    }

    /**
     * The description, cleaned.
     *
     * @param exam $exam
     * @return string
     */
    private static function intro(exam $exam): string {
        return clean_text($exam->intro ?? '', FORMAT_HTML);
    }
}
