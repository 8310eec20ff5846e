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
 * The administrator's settings.
 *
 * Moodle has no settings pages for plugins of this type, so it is a page of its own, linked from the tool's settings.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

require(__DIR__ . '/../../../../config.php');

use ltiservice_examplary\form\settings_form;
use ltiservice_examplary\local\settings;

require_login(null, false);
$context = context_system::instance();
require_capability('moodle/site:config', $context);

$url = new moodle_url('/mod/lti/service/examplary/admin.php');
$toolsurl = new moodle_url('/mod/lti/toolconfigure.php');
$title = get_string('settings', 'ltiservice_examplary');
$PAGE->set_context($context);
$PAGE->set_url($url);
$PAGE->set_pagelayout('admin');
$PAGE->set_title($title);
$PAGE->set_heading($title);

$form = new settings_form($url);
$form->set_data([
    'allowmarked' => (int) settings::allow_marked(),
    'handlelife' => settings::handle_life(),
    'maxbytes' => settings::max_bytes(),
]);
if ($form->is_cancelled()) {
    redirect($toolsurl);
}
if ($data = $form->get_data()) {
    foreach (['allowmarked', 'handlelife', 'maxbytes'] as $name) {
        add_to_config_log($name, get_config('ltiservice_examplary', $name), $data->$name, 'ltiservice_examplary');
        set_config($name, $data->$name, 'ltiservice_examplary');
    }
    redirect($url, get_string('changessaved'), null, \core\output\notification::NOTIFY_SUCCESS);
}

echo $OUTPUT->header();
$form->display();
echo $OUTPUT->footer();
