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

namespace ltiservice_examplary\local\resources;

use ltiservice_examplary\local\access;
use ltiservice_examplary\local\exam;
use ltiservice_examplary\local\link;
use ltiservice_examplary\local\refusal;
use ltiservice_examplary\local\report;
use ltiservice_examplary\local\sending;

/**
 * The quiz of one exam.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class quiz extends json_resource {
    /**
     * Describes the resource.
     *
     * @param \mod_lti\local\ltiservice\service_base $service
     */
    public function __construct($service) {
        parent::__construct($service);
        $this->id = 'Examplary.quiz';
        $this->template = '/{course_id}/examplary/quizzes/{exam_id}';
        $this->methods = [self::HTTP_GET, self::HTTP_PUT];
    }

    /**
     * Answers GET and PUT.
     *
     * @param \mod_lti\local\ltiservice\response $response
     * @return array the status and the body
     */
    protected function answer($response): array {
        $path = $this->parse_template();
        $access = access::check($this, $path['course_id']);
        if (!preg_match(exam::ID, $path['exam_id'])) {
            throw new refusal(400, 'request_invalid', ['fields' => ['exam_id']], 'exam_id');
        }
        if ($response->get_request_method() === self::HTTP_PUT) {
            \core_php_time_limit::raise(600);
            raise_memory_limit(MEMORY_EXTRA);
            $exam = exam::read($path['exam_id'], $response->get_request_data(), $_SERVER['HTTP_CONTENT_ENCODING'] ?? '');
            return (new sending($access, $exam))->run();
        }
        $link = link::find($access, $path['exam_id']);
        if (!$link) {
            $copies = (new report($access))->copies($path['exam_id']);
            throw new refusal(404, 'no_quiz', ['copies' => $copies]);
        }
        return [200, (new report($access))->quiz($link)];
    }
}
