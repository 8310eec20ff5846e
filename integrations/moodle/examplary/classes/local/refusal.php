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
 * A request that is answered with an error: a status, a stable code, a sentence and what there is to say beside it.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class refusal extends \Exception {
    /**
     * A refusal.
     *
     * @param int $status the HTTP status
     * @param string $errorcode the stable code; the sentence is the string error_<code>
     * @param array $details more members of the error object
     * @param mixed $a for the sentence
     */
    public function __construct(
        /** @var int the HTTP status */
        public readonly int $status,
        /** @var string the stable code */
        public readonly string $errorcode,
        /** @var array more members of the error object */
        public readonly array $details = [],
        mixed $a = null
    ) {
        parent::__construct(get_string('error_' . $errorcode, 'ltiservice_examplary', $a));
    }

    /**
     * The answer's body.
     *
     * @return array
     */
    public function body(): array {
        return ['error' => ['code' => $this->errorcode, 'message' => $this->getMessage()] + $this->details];
    }
}
