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
 * Dutch strings.
 *
 * @package    ltiservice_examplary
 * @copyright  2026 Examplary
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['allow'] = 'Deze tool mag tests maken, namens de docent die de tool gebruikt';
$string['allowmarked'] = 'Tools die erom vragen';
$string['allowmarked_desc'] = 'Zet de service aan voor tools waarvan de registratie erom vraagt met de aangepaste parameter examplary_quiz=1, tenzij de service in hun instellingen uit staat. Een tool wordt pas gebruikt nadat een beheerder de tool heeft geactiveerd.';
$string['backtocourse'] = 'Terug naar de cursus';
$string['error_busy'] = 'Er wordt al een toets aan deze cursus toegevoegd. Probeer het zo nog eens.';
$string['error_count_differs'] = 'Het aantal vragen in het bestand en in de lijst met punten is niet gelijk.';
$string['error_course_closed'] = 'Deze persoon heeft geen toegang meer tot de cursus.';
$string['error_course_gone'] = 'De cursus bestaat niet meer.';
$string['error_course_not_allowed'] = 'Deze tool mag in deze cursus niet worden gebruikt.';
$string['error_handle_elsewhere'] = 'De sleutel hoort bij een andere cursus of een andere tool.';
$string['error_handle_expired'] = 'Het is te lang geleden dat de tool werd geopend. Open de tool opnieuw vanuit de cursus.';
$string['error_handle_invalid'] = 'De sleutel ontbreekt of is niet door deze Moodle gemaakt.';
$string['error_import_failed'] = 'Moodle kan {$a} van de vragen niet importeren. Er is niets toegevoegd.';
$string['error_internal'] = 'Het is Moodle niet gelukt. De reden staat in het logboek van de server, onder {$a}.';
$string['error_json_invalid'] = 'De aanvraag is niet te lezen: {$a}';
$string['error_no_quiz'] = 'In deze cursus is van deze toets nog geen test gemaakt.';
$string['error_permission_missing'] = 'Je hebt in deze cursus niet de rechten om dit te doen: {$a}';
$string['error_quiz_changed'] = 'De test is in Moodle gewijzigd sinds de toets werd verstuurd. Bijwerken vervangt die wijzigingen.';
$string['error_quiz_copied'] = 'In deze cursus staat al een test van deze toets, uit een kopie of van eerder. Die bijwerken, of een nieuwe maken?';
$string['error_quiz_has_attempts'] = 'De test is al gemaakt (pogingen: {$a}), daarom kunnen er geen vragen bij, weg of op een andere plaats.';
$string['error_quiz_of_colleague'] = 'Een collega heeft deze toets naar deze cursus verstuurd. Die test bijwerken, of een nieuwe maken?';
$string['error_request_invalid'] = 'Deze delen van de aanvraag ontbreken of kloppen niet: {$a}';
$string['error_section_gone'] = 'De sectie staat niet meer in de cursus.';
$string['error_service_off'] = 'De service staat uit voor deze tool.';
$string['error_token_invalid'] = 'Het toegangstoken ontbreekt, is verlopen of geldt hier niet voor.';
$string['error_too_large'] = 'De toets is te groot. Deze Moodle accepteert {$a}.';
$string['error_user_inactive'] = 'Het account van deze persoon is niet actief.';
$string['error_xml_invalid'] = 'De vragen zijn geen geldige Moodle XML: {$a}';
$string['handlelife'] = 'Tijd om een toets toe te voegen';
$string['handlelife_help'] = 'Hoe lang nadat een docent de tool heeft geopend, de tool de toets van die docent mag toevoegen. De rechten worden elke keer gecontroleerd, wat hier ook is ingesteld.';
$string['linksent'] = 'De tool heeft een link verstuurd. Open de tool via de activiteitenkiezer om van een link een activiteit te maken.';
$string['ltiservice_examplary'] = 'Tests van Examplary';
$string['ltiservice_examplary_help'] = 'De tool mag van een toets een verborgen test maken in een cursus van waaruit een docent de tool heeft geopend, en die test bijwerken. Dat gebeurt namens die docent, met de rechten van die docent.';
$string['maxbytes'] = 'Grootste toets';
$string['maxbytes_help'] = 'Inclusief afbeeldingen. De webserver kan zelf een lagere grens hebben (client_max_body_size in nginx, LimitRequestBody in Apache).';
$string['notallow'] = 'Niet toestaan';
$string['pluginname'] = 'Examplary';
$string['privacy:metadata:table'] = 'Welke test van welke toets is gemaakt en wie de toets het laatst heeft verstuurd';
$string['privacy:metadata:table:cmid'] = 'De test';
$string['privacy:metadata:table:courseid'] = 'De cursus';
$string['privacy:metadata:table:examid'] = 'De aanduiding van de toets in de tool';
$string['privacy:metadata:table:timecreated'] = 'Wanneer de toets voor het eerst is verstuurd';
$string['privacy:metadata:table:timemodified'] = 'Wanneer de toets het laatst is verstuurd';
$string['privacy:metadata:table:userid'] = 'Wie de toets het laatst heeft verstuurd';
$string['privacy:metadata:tool'] = 'De externe tool waarmee de toets is gemaakt';
$string['privacy:metadata:tool:fullname'] = 'De naam van de docent die een toets heeft verstuurd, getoond aan collega\'s in dezelfde cursus, als de tool namen mag ontvangen';
$string['privacy:metadata:tool:userid'] = 'De docent, in een versleutelde sleutel die alleen deze Moodle kan lezen';
$string['settings'] = 'Instellingen van de Examplary-service';
$string['task_cleanup'] = 'Tests vergeten van tools die zijn verwijderd';
$string['whenasked'] = 'Toestaan als de registratie van de tool erom vraagt';
