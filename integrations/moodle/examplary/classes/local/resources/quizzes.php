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
use ltiservice_examplary\local\report;

/**
 * The course: where a quiz can go, what is there, and the limits.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class quizzes extends json_resource {
    /**
     * Describes the resource.
     *
     * @param \mod_lti\local\ltiservice\service_base $service
     */
    public function __construct($service) {
        parent::__construct($service);
        $this->id = 'Examplary.quizzes';
        $this->template = '/{course_id}/examplary/quizzes';
        $this->methods = [self::HTTP_GET];
    }

    /**
     * Answers GET.
     *
     * @param \mod_lti\local\ltiservice\response $response
     * @return array the status and the body
     */
    protected function answer($response): array {
        $access = access::check($this, $this->parse_template()['course_id']);
        return [200, (new report($access))->course()];
    }
}
