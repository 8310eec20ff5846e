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

namespace ltiservice_examplary\form;

use ltiservice_examplary\local\settings;

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once($CFG->libdir . '/formslib.php');

/**
 * The form of the administrator's settings.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class settings_form extends \moodleform {
    /**
     * The fields.
     */
    protected function definition() {
        $component = 'ltiservice_examplary';
        $form = $this->_form;
        $form->addElement(
            'advcheckbox',
            'allowmarked',
            get_string('allowmarked', $component),
            get_string('allowmarked_desc', $component)
        );
        $lives = [];
        foreach (settings::HANDLE_LIVES as $seconds) {
            $lives[$seconds] = format_time($seconds);
        }
        $form->addElement('select', 'handlelife', get_string('handlelife', $component), $lives);
        $form->addHelpButton('handlelife', 'handlelife', $component);
        $limits = [];
        foreach (settings::BODY_LIMITS as $bytes) {
            $limits[$bytes] = display_size($bytes, 0);
        }
        $form->addElement('select', 'maxbytes', get_string('maxbytes', $component), $limits);
        $form->addHelpButton('maxbytes', 'maxbytes', $component);
        $this->add_action_buttons();
    }
}
