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
 * Callbacks of Moodle.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use ltiservice_examplary\local\access;
use ltiservice_examplary\local\tool;

/**
 * Puts the tool into the course's navigation, for those who may make quizzes.
 *
 * Moodle asks every kind of plugin for this.
 *
 * @param navigation_node $navigation
 * @param stdClass $course
 * @param context_course $context
 */
function ltiservice_examplary_extend_navigation_course(
    navigation_node $navigation,
    stdClass $course,
    context_course $context
): void {
    // The page on which Moodle launches the tool wants the last one.
    if (!has_all_capabilities([...access::CAPABILITIES, 'mod/lti:addcoursetool'], $context)) {
        return;
    }
    $types = tool::for_course($course);
    foreach ($types as $type) {
        $name = count($types) === 1 ? get_string('pluginname', 'ltiservice_examplary') : format_string($type->name);
        $navigation->add(
            $name,
            new moodle_url('/mod/lti/service/examplary/open.php', ['course' => $course->id, 'id' => $type->id]),
            navigation_node::TYPE_CUSTOM,
            null,
            'ltiservice_examplary_' . $type->id,
            new pix_icon('i/import', '')
        );
    }
}
