/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/words.h"

/* clang-format off */
const struct words words_calendar[] = {
    {"help_calendar",
     "heures de bureau, jours fériés et fuseau d'un département : ce que « cette nuit » veut dire\n"
     "      DAYS : 1 (lundi) à 7, ou 1-5. --holidays : fr:2026-2030, ou un fichier d'une date par ligne",
     "a département's office hours, holidays and time zone: what “tonight” means\n"
     "      DAYS: 1 (Monday) to 7, or 1-5. --holidays: fr:2026-2030, or a file of one date a line"},
    {"help_rota_import",
     "tours d'astreinte : duty;territory;account;from;to (et id). duty : astreinte def mobile\n"
     "      Heures : 2026-11-21 17:30 (heure du calendrier du département) ou 2026-11-21T17:30:00+01:00",
     "shifts on call: duty;territory;account;from;to (and id). duty: astreinte def mobile\n"
     "      Times: 2026-11-21 17:30 (by the clock of the département's calendar) or 2026-11-21T17:30:00+01:00"},
    {"calendar_put", "Calendrier de {1} : {2} plages, {3} jours fériés, {4}.",
     "Calendar of {1}: {2} ranges of hours, {3} holidays, {4}."},
    {"calendar_too_many", "trop de jours fériés (400 au plus)", "too many holidays (at most 400)"},
    {"help_rota_list", "tours d'astreinte à venir, en cours (*), et finis depuis moins de 48 h",
     "shifts to come, of now (*), and over since less than 48 h"},
    {"rota_none", "Aucun tour d'astreinte : ugoctl rota import FICHIER.", "No shift: ugoctl rota import FILE."},
    {"rota_imported", "{1} tours d'astreinte.", "{1} shifts."},
    {"rota_row", "{1}, ligne {2} : {3}", "{1}, line {2}: {3}"},
    {"rota_row_written", "mal écrite (colonnes, guillemets)", "badly written (columns, quotes)"},
    {"rota_row_time", "heure illisible, ou territoire sans calendrier", "unreadable time, or no calendar for its territory"},
    {NULL, NULL, NULL},
};
/* clang-format on */
