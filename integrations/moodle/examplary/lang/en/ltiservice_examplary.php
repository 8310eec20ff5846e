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
 * English strings.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['allow'] = 'Allow this tool to make quizzes, as the teacher who uses it';
$string['allowmarked'] = 'Tools that ask for it';
$string['allowmarked_desc'] = 'Switch the service on for tools whose registration asks for it with the custom parameter examplary_quiz=1, unless it is switched off in their settings. A tool is used only after an administrator has activated it.';
$string['backtocourse'] = 'Back to the course';
$string['error_busy'] = 'Another exam is being added to this course. Try again in a moment.';
$string['error_count_differs'] = 'The number of questions in the file and in the list of marks is not the same.';
$string['error_course_closed'] = 'This person can no longer enter the course.';
$string['error_course_gone'] = 'The course is no longer there.';
$string['error_course_not_allowed'] = 'This tool may not be used in this course.';
$string['error_handle_elsewhere'] = 'The handle belongs to another course or another tool.';
$string['error_handle_expired'] = 'Too much time has passed since the tool was opened. Open it again from the course.';
$string['error_handle_invalid'] = 'The handle is missing, or this Moodle did not make it.';
$string['error_import_failed'] = 'Moodle cannot import {$a} of the questions. Nothing was added.';
$string['error_internal'] = 'Moodle could not do this. The reason is in the server\'s log, under {$a}.';
$string['error_json_invalid'] = 'The request cannot be read: {$a}';
$string['error_no_quiz'] = 'No quiz was made of this exam in this course.';
$string['error_permission_missing'] = 'You do not have the permission to do this in this course: {$a}';
$string['error_quiz_changed'] = 'The quiz was changed in Moodle since the exam was sent. Updating it replaces these changes.';
$string['error_quiz_copied'] = 'This course already has a quiz of this exam, from a copy or an earlier time. Update that one, or make a new one?';
$string['error_quiz_has_attempts'] = 'The quiz has attempts ({$a}), so questions cannot be added, removed or moved.';
$string['error_quiz_of_colleague'] = 'A colleague sent this exam to this course. Update that quiz, or make a new one?';
$string['error_request_invalid'] = 'These parts of the request are missing or wrong: {$a}';
$string['error_section_gone'] = 'The section is no longer in the course.';
$string['error_service_off'] = 'The service is switched off for this tool.';
$string['error_token_invalid'] = 'The access token is missing, has expired or lacks the scope.';
$string['error_too_large'] = 'The exam is too large. This Moodle takes {$a}.';
$string['error_user_inactive'] = 'This person\'s account is not active.';
$string['error_xml_invalid'] = 'The questions are not valid Moodle XML: {$a}';
$string['handlelife'] = 'Time to add an exam';
$string['handlelife_help'] = 'How long after it was opened by a teacher the tool may add that teacher\'s exam. Permissions are checked each time, whatever is set here.';
$string['linksent'] = 'The tool sent a link. To make an activity of a link, open the tool from the activity chooser.';
$string['ltiservice_examplary'] = 'Quizzes of Examplary';
$string['ltiservice_examplary_help'] = 'The tool may make a hidden quiz of an exam in a course from which a teacher opened it, and bring it up to date. It acts as that teacher, with that teacher\'s permissions.';
$string['maxbytes'] = 'Largest exam';
$string['maxbytes_help'] = 'Pictures included. The web server may have a lower limit of its own (client_max_body_size in nginx, LimitRequestBody in Apache).';
$string['notallow'] = 'Do not allow it';
$string['pluginname'] = 'Examplary';
$string['privacy:metadata:table'] = 'Which quiz was made of which exam, and who sent the exam last';
$string['privacy:metadata:table:cmid'] = 'The quiz';
$string['privacy:metadata:table:courseid'] = 'The course';
$string['privacy:metadata:table:examid'] = 'The tool\'s identifier of the exam';
$string['privacy:metadata:table:timecreated'] = 'When the exam was sent first';
$string['privacy:metadata:table:timemodified'] = 'When the exam was sent last';
$string['privacy:metadata:table:userid'] = 'Who sent the exam last';
$string['privacy:metadata:tool'] = 'The external tool with which the exam was made';
$string['privacy:metadata:tool:fullname'] = 'The name of the teacher who sent an exam, told to colleagues in the same course, if the tool is allowed names';
$string['privacy:metadata:tool:userid'] = 'The teacher, inside an encrypted handle that only this Moodle can read';
$string['settings'] = 'Settings of the Examplary service';
$string['task_cleanup'] = 'Forget quizzes of tools that were deleted';
$string['whenasked'] = 'Allow it if the tool\'s registration asks for it';
