<?php
// Examplary for LMS: behaviour tests of the plugin ltiservice_examplary.
//
// This program is free software: you can redistribute it and/or modify it under the terms of the GNU General
// Public License as published by the Free Software Foundation, either version 3 of the License, or (at your
// option) any later version. It comes without any warranty. See <https://www.gnu.org/licenses/>.

/**
 * The part of the behaviour tests that runs inside a Moodle: prepares, changes and looks.
 *
 * Usage: php moodle_side.php DIRROOT, with one JSON array [action, arguments] a line on standard input; one line,
 * "=> " and JSON, is answered for each. For a Moodle that is used for nothing else: it makes users, courses and a tool.
 *
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1] . '/config.php');
require_once($CFG->libdir . '/clilib.php');
require_once($CFG->libdir . '/enrollib.php');
require_once($CFG->libdir . '/gradelib.php');
require_once($CFG->libdir . '/questionlib.php');
require_once($CFG->dirroot . '/backup/util/includes/backup_includes.php');
require_once($CFG->dirroot . '/backup/util/includes/restore_includes.php');
require_once($CFG->dirroot . '/course/lib.php');
require_once($CFG->dirroot . '/mod/lti/locallib.php');
require_once($CFG->dirroot . '/mod/quiz/lib.php');
require_once($CFG->dirroot . '/mod/quiz/locallib.php');
require_once($CFG->dirroot . '/user/lib.php');

/** What the tests can ask for. */
class moodle_side {
    /** The password of every user that is made here. */
    const PASSWORD = 'Behave-2026!';

    /** @var \core\lock\lock a lock that is held */
    private $lock;

    /** Makes a user, once. */
    public function user(string $username, string $firstname = 'Test', string $lastname = 'Person'): int {
        global $CFG, $DB;
        if ($id = $DB->get_field('user', 'id', ['username' => $username])) {
            return (int) $id;
        }
        return (int) user_create_user((object) [
            'username' => $username, 'password' => self::PASSWORD, 'firstname' => $firstname, 'lastname' => $lastname,
            'email' => "$username@example.org", 'confirmed' => 1, 'mnethostid' => $CFG->mnet_localhost_id,
            'auth' => 'manual', 'lang' => 'en',
        ]);
    }

    /** Makes a course with these people in these roles. */
    public function course(array $roles, array $fields = []): int {
        global $DB;
        $shortname = 'B' . random_string(10);
        $course = create_course((object) ($fields + [
            'fullname' => "Behaviour $shortname", 'shortname' => $shortname, 'category' => 1, 'format' => 'topics',
            'numsections' => 3,
        ]));
        $enrol = enrol_get_plugin('manual');
        $instance = $DB->get_record('enrol', ['courseid' => $course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
        foreach ($roles as $username => $role) {
            $enrol->enrol_user($instance, $this->user($username), $DB->get_field('role', 'id', ['shortname' => $role]));
        }
        return (int) $course->id;
    }

    /** Registers an LTI 1.3 tool with a public key, or changes it. */
    public function tool(string $name, string $publickey, array $config = []): array {
        global $DB;
        $data = (object) ($config + [
            'lti_typename' => $name, 'lti_description' => '', 'lti_ltiversion' => LTI_VERSION_1P3,
            'lti_toolurl' => 'https://tool.example.org/lti/launch',
            'lti_initiatelogin' => 'https://tool.example.org/lti/login',
            'lti_redirectionuris' => 'https://tool.example.org/lti/launch',
            'lti_keytype' => LTI_RSA_KEY, 'lti_publickey' => $publickey, 'lti_contentitem' => 1,
            'lti_customparameters' => '', 'lti_coursevisible' => LTI_COURSEVISIBLE_ACTIVITYCHOOSER,
            'lti_launchcontainer' => LTI_LAUNCH_CONTAINER_EMBED_NO_BLOCKS, 'lti_sendname' => LTI_SETTING_ALWAYS,
            'lti_sendemailaddr' => LTI_SETTING_NEVER, 'lti_acceptgrades' => LTI_SETTING_DELEGATE,
            'ltiservice_gradesynchronization' => 2,
        ]);
        if ($type = $DB->get_record('lti_types', ['name' => $name])) {
            lti_update_type($type, $data);
        } else {
            $data->lti_clientid = 'behaviour-' . random_string(8);
            $type = (object) ['state' => LTI_TOOL_STATE_CONFIGURED, 'course' => SITEID];
            $type->id = lti_add_type($type, $data);
        }
        $type = $DB->get_record('lti_types', ['name' => $name]);
        return ['id' => (int) $type->id, 'client_id' => $type->clientid];
    }

    /** Changes one setting of a tool; null removes it. */
    public function tool_config(int $typeid, string $name, ?string $value): void {
        global $DB;
        $DB->delete_records('lti_types_config', ['typeid' => $typeid, 'name' => $name]);
        if ($value !== null) {
            $DB->insert_record('lti_types_config', ['typeid' => $typeid, 'name' => $name, 'value' => $value]);
        }
    }

    /** Changes a tool's record. */
    public function tool_field(int $typeid, string $name, int $value): void {
        global $DB;
        $DB->set_field('lti_types', $name, $value, ['id' => $typeid]);
    }

    /** Deletes a tool. */
    public function tool_gone(int $typeid): void {
        global $DB;
        if ($DB->record_exists('lti_types', ['id' => $typeid])) {
            lti_delete_type($typeid);
        }
    }

    /** Restricts a tool to course categories. */
    public function tool_categories(int $typeid, array $categories): void {
        global $DB;
        $DB->delete_records('lti_types_categories', ['typeid' => $typeid]);
        foreach ($categories as $id) {
            $DB->insert_record('lti_types_categories', ['typeid' => $typeid, 'categoryid' => $id]);
        }
    }

    /** Sets a setting of a plugin; null unsets it. */
    public function config(string $plugin, string $name, $value): void {
        set_config($name, $value, $plugin);
    }

    /** Makes a handle, such as one that has expired. */
    public function handle(int $userid, int $courseid, int $typeid, int $expires): string {
        return \ltiservice_examplary\local\handle::make($userid, $courseid, $typeid, $expires);
    }

    /** Something else that was encrypted with the site's key. */
    public function encrypt(string $text): string {
        return \core\encryption::encrypt($text);
    }

    /** Lets an access token run out. */
    public function expire_token(string $token): void {
        global $DB;
        $DB->set_field('lti_access_tokens', 'validuntil', time() - 1, ['token' => $token]);
    }

    /** Takes a role away, or gives it. */
    public function role(int $courseid, string $username, string $role, bool $give): void {
        global $DB;
        $context = context_course::instance($courseid);
        $roleid = $DB->get_field('role', 'id', ['shortname' => $role]);
        $userid = $this->user($username);
        $give ? role_assign($roleid, $userid, $context->id) : role_unassign($roleid, $userid, $context->id);
    }

    /** Changes a capability of a role in a course: 1 allow, -1 prevent, 0 as it was. */
    public function capability(int $courseid, string $role, string $capability, int $permission): void {
        global $DB;
        $roleid = $DB->get_field('role', 'id', ['shortname' => $role]);
        assign_capability($capability, $permission, $roleid, context_course::instance($courseid)->id, true);
    }

    /** Suspends a user, or lets the user in again. */
    public function suspend(string $username, bool $suspended): void {
        global $DB;
        $DB->set_field('user', 'suspended', (int) $suspended, ['username' => $username]);
        cache::make('core', 'userselections')->purge();
    }

    /** Makes an activity of a tool. */
    public function lti_activity(int $courseid, int $typeid, string $custom): int {
        global $CFG;
        require_once($CFG->dirroot . '/course/modlib.php');
        $course = get_course($courseid);
        [, , , , $data] = prepare_new_moduleinfo_data($course, 'lti', 0);
        foreach (['name' => 'An activity', 'typeid' => $typeid, 'instructorcustomparameters' => $custom, 'grade' => 100,
                'cmidnumber' => '', 'launchcontainer' => LTI_LAUNCH_CONTAINER_EMBED_NO_BLOCKS,
                'visibleoncoursepage' => 1] as $name => $value) {
            $data->$name = $value;
        }
        return (int) add_moduleinfo($data, $course)->coursemodule;
    }

    /** Deletes a course module. */
    public function delete_cm(int $cmid): void {
        course_delete_module($cmid);
    }

    /** Marks a course module as waiting in the recycle bin. */
    public function bin_cm(int $cmid): void {
        global $DB;
        $DB->set_field('course_modules', 'deletioninprogress', 1, ['id' => $cmid]);
        rebuild_course_cache($DB->get_field('course_modules', 'course', ['id' => $cmid]), true);
    }

    /** Deletes a course. */
    public function delete_course(int $courseid): void {
        delete_course($courseid, false);
    }

    /** Renames a quiz. */
    public function rename(int $cmid, string $name): void {
        set_coursemodule_name($cmid, $name);
    }

    /** Sets a field of a quiz. */
    public function quiz_field(int $cmid, string $name, $value): void {
        global $DB;
        $cm = get_coursemodule_from_id('quiz', $cmid);
        $DB->set_field('quiz', $name, $value, ['id' => $cm->instance]);
    }

    /** Moves a course module to a section. */
    public function move(int $cmid, int $number): void {
        global $DB;
        $cm = get_coursemodule_from_id('quiz', $cmid, 0, true);
        $section = $DB->get_record('course_sections', ['course' => $cm->course, 'section' => $number], '*', MUST_EXIST);
        moveto_module($cm, $section);
    }

    /** Shows or hides a course module. */
    public function show(int $cmid, bool $visible): void {
        set_coursemodule_visible($cmid, (int) $visible);
    }

    /** Sets the grade of a quiz, as its page does. */
    public function quiz_grade(int $cmid, float $grade): void {
        $cm = get_coursemodule_from_id('quiz', $cmid);
        \mod_quiz\quiz_settings::create($cm->instance)->get_grade_calculator()->update_quiz_maximum_grade($grade);
    }

    /** Moves the first question of a quiz behind the last. */
    public function first_to_end(int $cmid): void {
        $cm = get_coursemodule_from_id('quiz', $cmid);
        $structure = \mod_quiz\quiz_settings::create($cm->instance)->get_structure();
        $slots = array_values($structure->get_slots());
        $structure->move_slot($slots[0]->id, end($slots)->id, end($slots)->page);
    }

    /** Gives a question a new version, as an editing teacher does. */
    public function edit_question(int $questionid, string $text): void {
        global $DB;
        $old = question_bank::load_question_data($questionid);
        $entry = get_question_bank_entry($questionid);
        $new = clone $DB->get_record('question', ['id' => $questionid]);
        unset($new->id);
        $new->questiontext = $text;
        $new->stamp = make_unique_id_code();
        $id = $DB->insert_record('question', $new);
        $DB->insert_record('question_versions', ['questionbankentryid' => $entry->id, 'questionid' => $id,
            'version' => get_next_version($entry->id), 'status' => 'ready']);
        foreach (['question_answers' => 'question', "qtype_{$old->qtype}_options" => 'questionid'] as $table => $field) {
            if ($DB->get_manager()->table_exists($table)) {
                foreach ($DB->get_records($table, [$field => $questionid]) as $row) {
                    unset($row->id);
                    $row->$field = $id;
                    $DB->insert_record($table, $row);
                }
            }
        }
    }

    /** Everything about a quiz that the tests compare. */
    public function quiz(int $cmid): ?array {
        global $DB;
        if (!$cm = get_coursemodule_from_id('quiz', $cmid, 0, true)) {
            return null;
        }
        $quiz = $DB->get_record('quiz', ['id' => $cm->instance]);
        $context = context_module::instance($cmid);
        $item = grade_item::fetch(['itemtype' => 'mod', 'itemmodule' => 'quiz', 'iteminstance' => $quiz->id]);
        $slots = $DB->get_records_sql(
            'SELECT s.slot, s.maxmark, s.page, qbe.id AS entryid, qbe.idnumber, qr.version AS pinned, q.id AS questionid, q.name,
                    q.qtype, qv.version, q.createdby, qbe.ownerid, q.questiontext
               FROM {quiz_slots} s
               JOIN {question_references} qr ON qr.itemid = s.id AND qr.component = ? AND qr.usingcontextid = ?
               JOIN {question_bank_entries} qbe ON qbe.id = qr.questionbankentryid
               JOIN {question_versions} qv ON qv.questionbankentryid = qbe.id
               JOIN {question} q ON q.id = qv.questionid
              WHERE s.quizid = ? AND qv.version = (SELECT MAX(version) FROM {question_versions} WHERE questionbankentryid = qbe.id)
           ORDER BY s.slot',
            ['mod_quiz', $context->id, $quiz->id]
        );
        return [
            'name' => $quiz->name, 'intro' => $quiz->intro, 'timelimit' => (int) $quiz->timelimit,
            'grade' => (float) $quiz->grade, 'sumgrades' => (float) $quiz->sumgrades,
            'gradebook' => $item ? (float) $item->grademax : null, 'visible' => (int) $cm->visible,
            'section' => (int) $cm->sectionnum, 'groupmode' => (int) $cm->groupmode, 'completion' => (int) $cm->completion,
            'attempts' => (int) $quiz->attempts, 'questionsperpage' => (int) $quiz->questionsperpage,
            'slots' => array_values($slots),
            'slot_count' => $DB->count_records('quiz_slots', ['quizid' => $quiz->id]),
            'entries' => $DB->count_records_sql(
                'SELECT COUNT(1) FROM {question_bank_entries} e JOIN {question_categories} c ON c.id = e.questioncategoryid
                  WHERE c.contextid = ? AND e.idnumber IS NOT NULL', [$context->id]),
            'categories' => $DB->get_fieldset_select('question_categories', 'name', 'contextid = ? AND parent <> 0 ORDER BY id',
                [$context->id]),
            'orphans' => $DB->count_records_sql(
                'SELECT COUNT(1) FROM {question_versions} v
              LEFT JOIN {question_bank_entries} e ON e.id = v.questionbankentryid WHERE e.id IS NULL'),
        ];
    }

    /** What a course holds. */
    public function course_counts(int $courseid): array {
        global $DB;
        return [
            'quizzes' => array_map('intval', $DB->get_fieldset_sql(
                "SELECT cm.id FROM {course_modules} cm JOIN {modules} m ON m.id = cm.module AND m.name = 'quiz'
                  WHERE cm.course = ? AND cm.deletioninprogress = 0 ORDER BY cm.id", [$courseid])),
            'quiz_records' => $DB->count_records('quiz', ['course' => $courseid]),
            'rows' => $DB->count_records('ltiservice_examplary', ['courseid' => $courseid]),
            'grade_items' => $DB->count_records('grade_items', ['courseid' => $courseid, 'itemtype' => 'mod']),
        ];
    }

    /** How much the question tables hold. */
    public function question_counts(): array {
        global $DB;
        $counts = [];
        foreach (['question', 'question_bank_entries', 'question_versions', 'question_categories', 'question_references',
                'quiz_slots', 'quiz', 'course_modules'] as $table) {
            $counts[$table] = $DB->count_records($table);
        }
        return $counts;
    }

    /** The plugin's row of a quiz. */
    public function row(int $cmid): ?array {
        global $DB;
        $row = $DB->get_record('ltiservice_examplary', ['cmid' => $cmid]);
        return $row ? (array) $row : null;
    }

    /** A student's attempt, all right or left open. Returns the grade in the gradebook. */
    public function attempt(int $cmid, string $username, bool $finish = true): ?float {
        global $DB;
        $cm = get_coursemodule_from_id('quiz', $cmid);
        $userid = $this->user($username);
        $this->become($userid);
        $quizobj = \mod_quiz\quiz_settings::create($cm->instance, $userid);
        $quba = question_engine::make_questions_usage_by_activity('mod_quiz', $quizobj->get_context());
        $quba->set_preferred_behaviour($quizobj->get_quiz()->preferredbehaviour);
        $now = time();
        $number = 1 + $DB->count_records('quiz_attempts', ['quiz' => $cm->instance, 'userid' => $userid]);
        $attempt = quiz_create_attempt($quizobj, $number, false, $now, false, $userid);
        quiz_start_new_attempt($quizobj, $quba, $attempt, $number, $now);
        quiz_attempt_save_started($quizobj, $quba, $attempt);
        if ($finish) {
            $this->answer((int) $attempt->id);
        }
        $this->become((int) get_admin()->id);
        return $finish ? $this->grade($cmid, $username) : null;
    }

    /** Answers every question of an attempt rightly, grades by hand what a person grades, and finishes. */
    private function answer(int $attemptid): void {
        $attempt = \mod_quiz\quiz_attempt::create($attemptid);
        $quba = question_engine::load_questions_usage_by_activity($attempt->get_uniqueid());
        foreach ($quba->get_slots() as $slot) {
            $question = $quba->get_question($slot);
            $right = $question->get_correct_response();
            if ($right === null && $question->get_type_name() === 'essay') {
                $right = ['answer' => 'An answer', 'answerformat' => FORMAT_HTML];
            }
            if ($right) {
                $quba->process_action($slot, $right);
            }
        }
        question_engine::save_questions_usage_by_activity($quba);
        $attempt = \mod_quiz\quiz_attempt::create($attemptid);
        if (method_exists($attempt, 'process_submit')) {
            $attempt->process_submit(time(), false);
            $attempt = \mod_quiz\quiz_attempt::create($attemptid);
            $attempt->process_grade_submission(time());
        } else {
            $attempt->process_finish(time(), false);
        }
        $quba = question_engine::load_questions_usage_by_activity($attempt->get_uniqueid());
        foreach ($quba->get_slots() as $slot) {
            if ($quba->get_question_state($slot)->is_finished() && $quba->get_question_mark($slot) === null
                    && $quba->get_question_max_mark($slot) > 0) {
                $quba->manual_grade($slot, '', $quba->get_question_max_mark($slot), FORMAT_HTML);
            }
        }
        question_engine::save_questions_usage_by_activity($quba);
        $calculator = \mod_quiz\quiz_settings::create($attempt->get_quizid())->get_grade_calculator();
        $calculator->recompute_all_attempt_sumgrades();
        $calculator->recompute_all_final_grades();
        quiz_update_grades($attempt->get_quiz(), 0, true);
    }

    /** A grade in the gradebook. */
    public function grade(int $cmid, string $username): ?float {
        $cm = get_coursemodule_from_id('quiz', $cmid);
        $grades = grade_get_grades($cm->course, 'mod', 'quiz', $cm->instance, $this->user($username));
        $grade = reset($grades->items[0]->grades)->grade;
        return $grade === null ? null : (float) $grade;
    }

    /** Copies a course by backup and restore, as "Copy course" does. */
    public function copy_course(int $courseid, array $roles): int {
        $this->become((int) get_admin()->id);
        $target = $this->course($roles, ['numsections' => 0]);
        $backup = new backup_controller(backup::TYPE_1COURSE, $courseid, backup::FORMAT_MOODLE, backup::INTERACTIVE_NO,
            backup::MODE_IMPORT, get_admin()->id);
        $id = $backup->get_backupid();
        $backup->execute_plan();
        $backup->destroy();
        $restore = new restore_controller($id, $target, backup::INTERACTIVE_NO, backup::MODE_IMPORT, get_admin()->id,
            backup::TARGET_EXISTING_ADDING);
        $restore->execute_precheck();
        $restore->execute_plan();
        $restore->destroy();
        return $target;
    }

    /** Duplicates an activity in its course. */
    public function duplicate(int $cmid): int {
        $cm = get_coursemodule_from_id('quiz', $cmid, 0, true);
        return (int) duplicate_module(get_course($cm->course), get_fast_modinfo($cm->course)->get_cm($cmid))->id;
    }

    /** Holds the plugin's lock on a course, or lets it go. */
    public function lock_course(int $courseid, bool $hold): void {
        if ($hold) {
            $this->lock = \core\lock\lock_config::get_lock_factory('ltiservice_examplary')->get_lock("course$courseid", 1);
        } else {
            $this->lock->release();
        }
    }

    /** Runs the plugin's tasks that wait, and says how many seconds they took. */
    public function run_tasks(): float {
        global $DB;
        $class = '\\ltiservice_examplary\\task\\delete_questions';
        $start = microtime(true);
        foreach (\core\task\manager::get_adhoc_tasks($class) as $task) {
            $task->execute();
            $DB->delete_records('task_adhoc', ['id' => $task->get_id()]);
        }
        return round(microtime(true) - $start, 1);
    }

    /** Runs the plugin's scheduled task. */
    public function cleanup(): void {
        (new \ltiservice_examplary\task\cleanup())->execute();
    }

    /** What the privacy provider exports of a user, and then forgets. */
    public function forget(string $username): array {
        $userid = $this->user($username);
        $contexts = \ltiservice_examplary\privacy\provider::get_contexts_for_userid($userid);
        $approved = new \core_privacy\local\request\approved_contextlist(
            core_user::get_user($userid), 'ltiservice_examplary', $contexts->get_contextids());
        \ltiservice_examplary\privacy\provider::delete_data_for_user($approved);
        $left = \ltiservice_examplary\privacy\provider::get_contexts_for_userid($userid);
        return ['contexts' => count($contexts), 'left' => count($left)];
    }

    /** Log entries of a user in a course: event names. */
    public function events(int $courseid, int $userid): array {
        global $DB;
        return $DB->get_fieldset_select('logstore_standard_log', 'eventname', 'courseid = ? AND userid = ?', [$courseid, $userid]);
    }

    /** Acts as a user. */
    private function become(int $userid): void {
        \core\session\manager::set_user(core_user::get_user($userid));
    }
}

$CFG->noemailever = true;
\core\session\manager::set_user(get_admin());
$side = new moodle_side();
while (($line = fgets(STDIN)) !== false) {
    [$action, $arguments] = json_decode($line, true);
    ob_start();
    try {
        // The web requests of the tests change what this process has read before.
        get_fast_modinfo(0, 0, true);
        accesslib_clear_all_caches(true);
        cache_helper::purge_by_definition('core', 'questiondata');
        $answer = ['result' => $side->$action(...$arguments)];
    } catch (Throwable $e) {
        $answer = ['error' => get_class($e) . ': ' . $e->getMessage() . ' ' . ($e->debuginfo ?? '') . ' at ' .
            basename($e->getFile()) . ':' . $e->getLine()];
    }
    if ($DB->is_transaction_started()) {
        $DB->force_transaction_rollback();
    }
    ob_end_clean();
    // Moodle itself prints to standard output now and then.
    fwrite(STDOUT, '=> ' . json_encode($answer) . "\n");
}
