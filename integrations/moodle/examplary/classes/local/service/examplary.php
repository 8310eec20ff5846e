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

namespace ltiservice_examplary\local\service;

use ltiservice_examplary\local\access;
use ltiservice_examplary\local\handle;
use ltiservice_examplary\local\resources\quiz;
use ltiservice_examplary\local\resources\quizzes;
use ltiservice_examplary\local\settings;
use ltiservice_examplary\local\tool;
use mod_lti\local\ltiservice\service_base;

/**
 * The LTI service with which a tool makes a quiz of an exam, as the teacher who launched it.
 *
 * mod_lti builds this class at every launch, token request and service request of the site: the constructor
 * must stay cheap.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class examplary extends service_base {
    /** The scope that a tool's access token needs. */
    const SCOPE = 'https://purl.examplary.ai/lti/moodle/scope/quizzes';

    /** The name space of the claims. */
    const CLAIM = 'https://purl.examplary.ai/lti/moodle/claim/';

    /** The version of the conversation, see PROTOCOL.md. */
    const PROTOCOL = 1;

    /**
     * Names the service.
     */
    public function __construct() {
        parent::__construct();
        $this->id = 'examplary';
        $this->name = get_string('ltiservice_examplary', 'ltiservice_examplary');
    }

    /**
     * The service's resources.
     *
     * @return \mod_lti\local\ltiservice\resource_base[]
     */
    public function get_resources() {
        if (empty($this->resources)) {
            $this->resources = [new quizzes($this), new quiz($this)];
        }
        return $this->resources;
    }

    /**
     * The scopes that the current tool may ask for.
     *
     * @return string[]
     */
    public function get_permitted_scopes() {
        $type = $this->get_type();
        return $type && tool::is_on($type, (array) $this->get_typeconfig()) ? [self::SCOPE] : [];
    }

    /**
     * The scopes that the site announces.
     *
     * @return string[]
     */
    public function get_scopes() {
        return [self::SCOPE];
    }

    /**
     * The choice in the tool's settings, under Services.
     *
     * @param \MoodleQuickForm $mform
     */
    public function get_configuration_options(&$mform) {
        global $COURSE;
        if ($COURSE->id != SITEID) {
            return;
        }
        $name = tool::SETTING;
        $mform->addElement('select', $name, get_string($name, $name), [
            tool::WHEN_ASKED => get_string('whenasked', $name),
            tool::ON => get_string('allow', $name),
            tool::OFF => get_string('notallow', $name),
        ]);
        $mform->setType($name, PARAM_INT);
        $mform->setDefault($name, tool::WHEN_ASKED);
        $mform->addHelpButton($name, $name, $name);
        $link = \html_writer::link(new \moodle_url('/mod/lti/service/examplary/admin.php'), get_string('settings', $name));
        $mform->addElement('static', 'examplary_settings', '', $link);
    }

    /**
     * What a launch tells the tool, for people who may make quizzes here.
     *
     * @param string $messagetype 'basic-lti-launch-request' or 'ContentItemSelectionRequest'
     * @param string $courseid
     * @param string $userid
     * @param string $typeid
     * @param string $modlti the id of the lti activity, if it was launched
     * @return string[]
     */
    public function get_launch_parameters($messagetype, $courseid, $userid, $typeid, $modlti = null) {
        global $DB;
        try {
            $type = $DB->get_record('lti_types', ['id' => $typeid]);
            $course = $DB->get_record('course', ['id' => $courseid]);
            if (!$type || !$course || !tool::is_on($type, lti_get_type_config($type->id))
                    || !tool::is_allowed_in_course($type->id, $course)
                    || \core\session\manager::is_loggedinas()
                    || !has_all_capabilities(access::CAPABILITIES, \context_course::instance($course->id), $userid)) {
                return [];
            }
            $expires = time() + settings::handle_life();
            return [
                self::parameter('quizzes_url') => self::get_service_path() . "/{$course->id}/examplary/quizzes",
                self::parameter('handle') => handle::make($userid, $course->id, $type->id, $expires),
                self::parameter('handle_expires') => (string) $expires,
                self::parameter('protocol') => (string) self::PROTOCOL,
                self::parameter('placement') => self::placement($messagetype, (int) $course->id, (int) $type->id),
            ];
        } catch (\Throwable $e) {
            // A launch without the service is better than no launch.
            debugging('ltiservice_examplary: ' . $e->getMessage(), DEBUG_DEVELOPER);
            return [];
        }
    }

    /**
     * Under which claims the launch parameters travel.
     *
     * @return array[]
     */
    public function get_jwt_claim_mappings(): array {
        $mappings = [];
        foreach (['quizzes_url', 'handle', 'handle_expires', 'protocol', 'placement'] as $name) {
            $mappings['custom_' . self::parameter($name)] = [
                'suffix' => '',
                'group' => null, // The claim's name is then taken as it is.
                'claim' => self::CLAIM . $name,
                'isarray' => false,
            ];
        }
        return $mappings;
    }

    /**
     * The launch parameter that becomes a claim.
     *
     * Teachers write custom parameters into their activities. They must not be able to write these: the tool would
     * send its access token to an address of theirs.
     *
     * @param string $claim
     * @return string
     */
    private static function parameter(string $claim): string {
        return 'examplary_' . substr(hash_hmac('sha256', $claim, get_site_identifier()), 0, 32);
    }

    /**
     * From where the tool was opened.
     *
     * @param string $messagetype
     * @param int $courseid
     * @param int $typeid
     * @return string 'course_page', 'activity_form' or 'activity'
     */
    private static function placement(string $messagetype, int $courseid, int $typeid): string {
        global $SESSION;
        if ($messagetype !== 'ContentItemSelectionRequest') {
            return 'activity';
        }
        // Left by open.php for the launch that its page starts.
        $opened = $SESSION->ltiservice_examplary_open ?? '';
        unset($SESSION->ltiservice_examplary_open);
        return $opened === "$courseid/$typeid" ? 'course_page' : 'activity_form';
    }
}
