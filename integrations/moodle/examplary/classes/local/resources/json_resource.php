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

use ltiservice_examplary\local\refusal;
use mod_lti\local\ltiservice\resource_base;

/**
 * A resource that is answered in JSON, whatever happens.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class json_resource extends resource_base {
    /**
     * Sets what the resources have in common.
     *
     * @param \mod_lti\local\ltiservice\service_base $service
     */
    public function __construct($service) {
        parent::__construct($service);
        $this->formats = ['application/json'];
    }

    /**
     * Answers a request.
     *
     * @param \mod_lti\local\ltiservice\response $response
     */
    public function execute($response) {
        global $DB, $PAGE;
        // Moodle's importer prints, and asks the page for its context.
        $PAGE->set_context(\context_system::instance());
        $level = ob_get_level();
        ob_start();
        try {
            [$status, $body] = $this->answer($response);
        } catch (refusal $refusal) {
            [$status, $body] = [$refusal->status, $refusal->body()];
        } catch (\Throwable $e) {
            $reference = random_string(12);
            // phpcs:ignore moodle.PHP.ForbiddenFunctions.FoundWithAlternative
            error_log("ltiservice_examplary {$reference}: " . get_class($e) . ': ' . $e->getMessage() . ' ' .
                ($e->debuginfo ?? '') . ' in ' . $e->getFile() . ':' . $e->getLine());
            [$status, $body] = [500, (new refusal(500, 'internal', ['reference' => $reference], $reference))->body()];
        }
        if ($DB->is_transaction_started()) {
            $DB->force_transaction_rollback();
        }
        while (ob_get_level() > $level) {
            ob_end_clean();
        }
        if ($status === 503) {
            $response->add_additional_header('Retry-After: 30');
        }
        $response->add_additional_header('Cache-Control: no-store');
        $response->set_content_type('application/json');
        $response->set_code($status);
        $response->set_body(json_encode(
            $body,
            JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE
        ));
    }

    /**
     * Does the work.
     *
     * @param \mod_lti\local\ltiservice\response $response
     * @return array the status and the body
     */
    abstract protected function answer($response): array;
}
