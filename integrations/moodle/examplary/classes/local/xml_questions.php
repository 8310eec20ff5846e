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
require_once($CFG->libdir . '/xmlize.php');
require_once($CFG->libdir . '/questionlib.php');
require_once($CFG->dirroot . '/question/format.php');
require_once($CFG->dirroot . '/question/format/xml/format.php');

/**
 * The questions of a Moodle XML file, read by Moodle's own reader, one by one and only when they are needed.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class xml_questions {
    /** How many bytes of XML are checked at once. */
    const PIECE = 1 << 20;

    /** @var array[] the XML of each question, as xmlize() gives it */
    private array $nodes = [];

    /**
     * Takes a file apart.
     *
     * @param exam $exam
     * @throws refusal
     */
    public function __construct(exam $exam) {
        self::require_well_formed($exam->xml);
        try {
            $tree = xmlize($exam->xml, 0, 'UTF-8', true);
        } catch (\xml_format_exception $e) {
            throw new refusal(422, 'xml_invalid', [], $e->getMessage());
        }
        $nodes = $tree['quiz']['#']['question'] ?? [];
        foreach (is_array($nodes) ? $nodes : [] as $node) {
            // The category that a file names is not used: the questions live in their quiz.
            if (($node['@']['type'] ?? '') !== 'category') {
                $this->nodes[] = $node;
            }
        }
        if (count($this->nodes) !== count($exam->questions)) {
            throw new refusal(422, 'count_differs', [
                'questions_in_xml' => count($this->nodes),
                'questions_in_list' => count($exam->questions),
            ]);
        }
    }

    /**
     * Refuses what is no XML; Moodle's reader takes a file without its end.
     *
     * @param string $xml
     * @throws refusal
     */
    private static function require_well_formed(string $xml): void {
        $parser = xml_parser_create('UTF-8');
        // In pieces: the parser has a limit for what it is given at once.
        $read = true;
        for ($start = 0; $read && $start < strlen($xml); $start += self::PIECE) {
            $read = xml_parse($parser, substr($xml, $start, self::PIECE), $start + self::PIECE >= strlen($xml));
        }
        if (!$read) {
            $line = xml_get_current_line_number($parser);
            throw new refusal(422, 'xml_invalid', ['line' => $line], xml_error_string(xml_get_error_code($parser)) . " ($line)");
        }
    }

    /**
     * A hash of a question's XML.
     *
     * @param int $i
     * @return string
     */
    public function hash(int $i): string {
        return substr(hash('sha256', serialize($this->nodes[$i])), 0, 32);
    }

    /**
     * A question's name.
     *
     * @param int $i
     * @return string
     */
    public function name(int $i): string {
        $name = $this->nodes[$i]['#']['name'][0]['#']['text'][0]['#'] ?? '';
        return is_string($name) ? $name : '';
    }

    /**
     * Reads a question.
     *
     * @param int $i
     * @return array the question, or null, and what the reader said
     */
    public function read(int $i): array {
        $format = new \qformat_xml();
        try {
            [$questions, $said] = question_format::listen(fn() => $format->import_questions([$this->nodes[$i]]));
        } catch (\Throwable $e) {
            return [null, $e->getMessage()];
        }
        $question = $format->importerrors ? null : ($questions[0] ?? null);
        return [$question, $question ? $said : ($said ?: get_string('cannotread', 'question'))];
    }
}
