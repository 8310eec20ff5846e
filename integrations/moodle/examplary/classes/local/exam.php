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
 * An exam as it was sent: a checked request body.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class exam {
    /** What an identifier of an exam or a question, or of a request, may look like. */
    const ID = '/^[A-Za-z0-9._:~-]{1,100}$/D';

    /** @var string the tool's identifier of the exam */
    public string $id;
    /** @var string the quiz's name */
    public string $name;
    /** @var string|null the quiz's description, HTML; null leaves it alone */
    public ?string $intro;
    /** @var int|null seconds; 0 for none; null leaves it alone */
    public ?int $timelimit;
    /** @var int|null course_sections.id, for a new quiz */
    public ?int $sectionid;
    /** @var array[] ['id' => string, 'mark' => string with seven decimals], in the exam's order */
    public array $questions = [];
    /** @var string Moodle XML */
    public string $xml;
    /** @var string 'auto', 'update', 'adopt' or 'new' */
    public string $mode;
    /** @var int|null the quiz that 'update' and 'adopt' mean */
    public ?int $cmid;
    /** @var string|null */
    public ?string $requestid;

    /** @var string[] fields that are wrong */
    private array $wrong = [];

    /**
     * Reads a request body.
     *
     * @param string $id
     * @param string $body
     * @param string $encoding the Content-Encoding
     * @return self
     * @throws refusal
     */
    public static function read(string $id, string $body, string $encoding): self {
        $data = json_decode(self::decompress($body, strtolower(trim($encoding))), true, 20);
        if (!is_array($data)) {
            throw new refusal(400, 'json_invalid', [], json_last_error_msg());
        }
        $exam = new self();
        $exam->id = $id;
        $exam->fill($data);
        if ($exam->wrong) {
            throw new refusal(400, 'request_invalid', ['fields' => $exam->wrong], implode(', ', $exam->wrong));
        }
        return $exam;
    }

    /**
     * SHA-256 of everything that makes the quiz: the same hash, the same quiz.
     *
     * @return string
     */
    public function hash(): string {
        return hash('sha256', json_encode([
            $this->name, $this->intro, $this->timelimit, $this->questions, hash('sha256', $this->xml),
        ]));
    }

    /**
     * The sum of the marks.
     *
     * @return float
     */
    public function total(): float {
        return round(array_sum(array_map('floatval', array_column($this->questions, 'mark'))), 5);
    }

    /**
     * Undoes gzip, and stops where the body grows too large.
     *
     * @param string $body
     * @param string $encoding
     * @return string
     */
    private static function decompress(string $body, string $encoding): string {
        $limit = settings::max_bytes();
        if ($encoding === 'gzip') {
            $inflate = inflate_init(ZLIB_ENCODING_GZIP);
            $plain = '';
            foreach (str_split($body, 65536) as $chunk) {
                $part = @inflate_add($inflate, $chunk);
                if ($part === false) {
                    throw new refusal(400, 'json_invalid', [], 'gzip');
                }
                $plain .= $part;
                if (strlen($plain) > $limit) {
                    break;
                }
            }
            $body = $plain;
        } else if ($encoding !== '' && $encoding !== 'identity') {
            throw new refusal(400, 'request_invalid', ['fields' => ['Content-Encoding']], 'Content-Encoding');
        }
        if (strlen($body) > $limit) {
            throw new refusal(413, 'too_large', ['limit_bytes' => $limit], display_size($limit));
        }
        return $body;
    }

    /**
     * Checks and takes over the fields.
     *
     * @param array $data
     */
    private function fill(array $data): void {
        $quiz = is_array($data['quiz'] ?? null) ? $data['quiz'] : [];
        $this->name = self::plain($this->text($quiz['name'] ?? '', 'quiz.name', 255));
        $this->intro = isset($quiz['intro']) ? $this->text($quiz['intro'], 'quiz.intro', 100000) : null;
        $this->timelimit = $this->integer($quiz['time_limit'] ?? null, 'quiz.time_limit', YEARSECS);
        $this->sectionid = $this->integer($data['section_id'] ?? null, 'section_id');
        $this->xml = $this->text($data['xml'] ?? '', 'xml', PHP_INT_MAX);
        $this->mode = $this->text($data['mode'] ?? 'auto', 'mode', 10);
        $this->cmid = $this->integer($data['cmid'] ?? null, 'cmid');
        $this->requestid = isset($data['request_id']) ? $this->text($data['request_id'], 'request_id', 100) : null;
        $this->fill_questions(is_array($data['questions'] ?? null) ? $data['questions'] : []);
        foreach (['quiz.name' => $this->name, 'xml' => $this->xml] as $field => $value) {
            if ($value === '' && !in_array($field, $this->wrong)) {
                $this->wrong[] = $field;
            }
        }
        $modes = [
            'auto' => true,
            'update' => $this->cmid !== null,
            'adopt' => $this->cmid !== null,
            // Without it the repetition of a lost request would make another quiz.
            'new' => $this->requestid !== null,
        ];
        if (!($modes[$this->mode] ?? false)) {
            $this->wrong[] = 'mode';
        }
        if ($this->requestid !== null && !preg_match(self::ID, $this->requestid)) {
            $this->wrong[] = 'request_id';
        }
    }

    /**
     * Checks and takes over the questions' identifiers and marks.
     *
     * @param array $questions
     */
    private function fill_questions(array $questions): void {
        if (!$questions || count($questions) > settings::MAX_QUESTIONS) {
            $this->wrong[] = 'questions';
            return;
        }
        foreach (array_values($questions) as $i => $question) {
            $id = is_array($question) ? ($question['id'] ?? null) : null;
            $mark = is_array($question) ? ($question['mark'] ?? null) : null;
            if (!is_string($id) || !preg_match(self::ID, $id)) {
                $this->wrong[] = "questions[$i].id";
            } else if (!self::is_mark($mark)) {
                $this->wrong[] = "questions[$i].mark";
            } else {
                $this->questions[] = ['id' => $id, 'mark' => number_format((float) $mark, 7, '.', '')];
            }
        }
        $ids = array_map('strtolower', array_column($this->questions, 'id'));
        if (count($ids) !== count(array_unique($ids))) {
            $this->wrong[] = 'questions';
        }
    }

    /**
     * Is this a mark: a number, or a text with a number, from 0 to 99999.9999999?
     *
     * @param mixed $mark
     * @return bool
     */
    private static function is_mark(mixed $mark): bool {
        if (is_string($mark) && !preg_match('/^\d{1,5}(\.\d+)?$/D', $mark)) {
            return false;
        }
        return (is_int($mark) || is_float($mark) || is_string($mark)) && $mark >= 0 && $mark < 99999.99999995;
    }

    /**
     * A text of a limited length, in characters.
     *
     * @param mixed $value
     * @param string $field
     * @param int $max
     * @return string
     */
    private function text(mixed $value, string $field, int $max): string {
        if (!is_string($value) || \core_text::strlen($value) > $max) {
            $this->wrong[] = $field;
            return '';
        }
        return $value;
    }

    /**
     * A whole number from zero, or null.
     *
     * @param mixed $value
     * @param string $field
     * @param int $max
     * @return int|null
     */
    private function integer(mixed $value, string $field, int $max = PHP_INT_MAX): ?int {
        if ($value !== null && (!is_int($value) || $value < 0 || $value > $max)) {
            $this->wrong[] = $field;
            return null;
        }
        return $value;
    }

    /**
     * Plain text as Moodle keeps names: they are filtered as HTML when they are shown.
     *
     * @param string $text
     * @return string
     */
    private static function plain(string $text): string {
        $text = trim(preg_replace('/[\x00-\x1f\x7f]+/', ' ', $text));
        $escaped = str_replace(['<', '>'], ['&lt;', '&gt;'], $text);
        return \core_text::strlen($escaped) > 255 ? str_replace(['<', '>'], '', $text) : $escaped;
    }
}
