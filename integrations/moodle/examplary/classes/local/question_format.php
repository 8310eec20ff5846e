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
require_once($CFG->libdir . '/questionlib.php');
require_once($CFG->dirroot . '/question/format.php');

/**
 * Moodle's importer, for one question that was already read.
 *
 * One at a time, because the importer stops at the first question with an error, and leaves out without a word
 * what follows a question with a notice.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class question_format extends \qformat_default {
    /** @var \stdClass the question */
    private \stdClass $question;

    /**
     * Imports a question.
     *
     * @param \stdClass $question as qformat_xml reads it
     * @param \stdClass $category
     * @param \stdClass $course
     * @return array the question's id, or null, and what the importer said
     */
    public static function import(\stdClass $question, \stdClass $category, \stdClass $course): array {
        $format = new self();
        $format->question = $question;
        $format->setCategory($category);
        $format->setCourse($course);
        $format->setMatchgrades('error');
        $format->setStoponerror(true);
        $format->set_display_progress(false);
        [$done, $said] = self::listen(fn() => $format->importprocess());
        return [$done ? ($format->questionids[0] ?? null) : null, $said];
    }

    /**
     * Calls something that prints HTML and returns its result and the text.
     *
     * @param callable $callback
     * @return array
     */
    public static function listen(callable $callback): array {
        ob_start();
        try {
            $result = $callback();
        } finally {
            $printed = ob_get_clean();
        }
        $text = html_entity_decode(strip_tags(preg_replace('/<[^>]+>/', ' $0', $printed)), ENT_QUOTES | ENT_HTML5);
        // The closing sign of Moodle's notifications is no part of what was said.
        return [$result, trim(preg_replace('/[\s×]+/u', ' ', $text))];
    }

    /**
     * There is no file to read.
     *
     * @param string $filename
     * @return string[]
     */
    protected function readdata($filename) {
        return [''];
    }

    /**
     * The question, already read.
     *
     * @param string[] $lines
     * @return \stdClass[]
     */
    protected function readquestions($lines) {
        return [$this->question];
    }
}
