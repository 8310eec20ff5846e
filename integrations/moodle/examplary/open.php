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

/**
 * Opens the tool from the course's navigation, without making an activity.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

require(__DIR__ . '/../../../../config.php');
require_once($CFG->dirroot . '/mod/lti/locallib.php');

use ltiservice_examplary\local\access;
use ltiservice_examplary\local\tool;

$courseid = required_param('course', PARAM_INT);
$typeid = required_param('id', PARAM_INT);
$linksent = optional_param('linksent', false, PARAM_BOOL);

$course = get_course($courseid);
require_login($course, false);
$context = context_course::instance($course->id);
require_all_capabilities([...access::CAPABILITIES, 'mod/lti:addcoursetool'], $context);

$url = new moodle_url('/mod/lti/service/examplary/open.php', ['course' => $course->id, 'id' => $typeid]);
$courseurl = new moodle_url('/course/view.php', ['id' => $course->id]);
$types = tool::for_course($course);
if (!isset($types[$typeid])) {
    throw new moodle_exception('error_service_off', 'ltiservice_examplary', $courseurl);
}
if ($linksent) {
    // Moodle makes activities of links only from its own form.
    redirect($courseurl, get_string('linksent', 'ltiservice_examplary'), null, \core\output\notification::NOTIFY_INFO);
}

$name = format_string($types[$typeid]->name, true, ['context' => $context]);
$PAGE->set_url($url);
$PAGE->set_pagelayout('incourse');
$PAGE->set_title($name . moodle_page::TITLE_SEPARATOR . format_string($course->fullname, true, ['context' => $context]));
$PAGE->set_heading(format_string($course->fullname, true, ['context' => $context]));
$PAGE->navbar->add($name, $url);
$PAGE->activityheader->disable();

// The launch that the frame starts tells the tool that it was opened here.
$SESSION->ltiservice_examplary_open = "{$course->id}/{$typeid}";

// Moodle's page for the tool's answer calls this function of the page around it.
$back = json_encode($courseurl->out(false), JSON_HEX_TAG);
$sent = json_encode((new moodle_url($url, ['linksent' => 1]))->out(false), JSON_HEX_TAG);
$PAGE->requires->js_init_code(
    "window.processContentItemReturnData = function(data) { window.location.href = data ? $sent : $back; };",
    false
);

echo $OUTPUT->header();
echo html_writer::tag('iframe', '', [
    'id' => 'ltiservice_examplary_frame',
    'title' => $name,
    'src' => (new moodle_url('/mod/lti/contentitem.php', ['id' => $typeid, 'course' => $course->id]))->out(false),
    'style' => 'border: 0; width: 100%; height: 85vh; min-height: 30rem',
    'allow' => 'clipboard-write; fullscreen',
]);
echo html_writer::div(
    html_writer::link($courseurl, get_string('backtocourse', 'ltiservice_examplary')),
    'mt-2'
);
echo $OUTPUT->footer();
