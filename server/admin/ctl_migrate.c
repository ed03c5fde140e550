/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/ctl.h"
#include "admin/migrate.h"

int ctl_migrate(struct ctl *ctl)
{
    static const char *const codes[] = {
        [MIGRATE_NEWER] = "migrate_newer",
        [MIGRATE_CHANGED] = "migrate_changed",
        [MIGRATE_FOREIGN] = "migrate_foreign",
        [MIGRATE_FAILED] = "migrate_failed",
    };
    struct migrate_report report;
    int r = migrate_run(ctl->connection, &report);

    if (r < 0) {
        ctl_complain(ctl, "out_of_memory", NULL);
        return CTL_REFUSED;
    }
    if (r > 0) {
        ctl_complain(ctl, codes[r], report.detail, NULL);
        return CTL_REFUSED;
    }
    if (report.before == report.after)
        ctl_say(ctl, "migrate_nothing", ctl_number(report.after), NULL);
    else
        ctl_say(ctl, "migrate_done", ctl_number(report.before), ctl_number(report.after), NULL);
    return CTL_DONE;
}
