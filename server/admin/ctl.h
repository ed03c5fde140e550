/* SPDX-License-Identifier: EUPL-1.2 */
/* ugoctl: what its verbs share. */
#ifndef ADMIN_CTL_H
#define ADMIN_CTL_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>

#include "admin/words.h"
#include "base/result.h"
#include "conf/conf.h"

#define CTL_ARGUMENTS_MAX 16 /* of one kind */

/* Exit statuses. */
enum { CTL_DONE = 0, CTL_REFUSED = 1, CTL_USAGE = 2 };

struct ctl_option {
    const char *name;     /* "--dir" */
    const char *argument; /* "DIR"; NULL: a flag */
    bool required, repeated;
};

struct ctl;

/* What a verb needs of the database. */
enum verb_database {
    DATABASE_NONE,
    DATABASE_ANY,   /* a connection; the register may be missing */
    DATABASE_READ,  /* the register */
    DATABASE_OWNER, /* and a role that may administer it */
};

struct verb {
    const char *name;      /* "account add" */
    const char *arguments; /* "NAME", as the help shows them; NULL none */
    int least, most;       /* of them */
    const char *help;      /* code of words.h */
    enum verb_database database;
    int (*run)(struct ctl *ctl);
    struct ctl_option options[8]; /* ended by a NULL name */
};

struct ctl {
    enum language language;
    const struct verb *verb;
    struct conf *conf; /* of --config; NULL without */
    PGconn *connection;

    const char *argument[CTL_ARGUMENTS_MAX];
    int n_arguments;
    struct {
        const char *name, *value; /* value NULL: a flag */
    } given[CTL_ARGUMENTS_MAX];
    int n_given;
};

int ctl_main(int argc, char **argv); /* the exit status */

/* The n-th value given for an option, from 0; NULL when there is none. A flag's is "". */
const char *ctl_option(const struct ctl *ctl, const char *name, int n);

/* A sentence of words.h and its arguments (const char *), ended by NULL, as a line. */
void ctl_say(const struct ctl *ctl, const char *code, ...) __attribute__((sentinel));
void ctl_complain(const struct ctl *ctl, const char *code, ...) __attribute__((sentinel));
void ctl_remark(const struct ctl *ctl, const char *code, ...)
    __attribute__((sentinel)); /* stderr */

/* Numbers as text, for ctl_say; valid until the fourth next call. */
const char *ctl_number(long long n);

/* Reads the file of --config; connects with `database`, else as it says; looks whether the register
 * is there and this role may do what the verb does. 0, CTL_REFUSED or CTL_USAGE (said). */
int ctl_configure(struct ctl *ctl, const char *path);
int ctl_connect(struct ctl *ctl, const char *database);
int ctl_check_register(struct ctl *ctl);

/* Runs one statement with text parameters; complains and gives NULL when it fails. The result is
 * the caller's. */
PGresult *ctl_query(struct ctl *ctl, const char *sql, int n_params, const char *const *params);
void ctl_clear(PGresult **result);

/* Sends commands under the account system, channel cli, each once; complains of refusals. The array
 * is taken over (NULL: memory was out). CTL_DONE or CTL_REFUSED. */
int ctl_apply(struct ctl *ctl, json_t *commands);

/* {"op": op, "params": …} from json_pack's format and arguments; NULL when memory is out. */
json_t *ctl_command(const char *op, const char *format, ...);

/* 1 when the account is there, 0 when not, negative when the database failed (said). */
int ctl_account_known(struct ctl *ctl, const char *account);

/* The calendar.put of a demonstration: offices in the week, holidays of five years from this one.
 * NULL when memory is out. */
json_t *ctl_calendar_demo(const char *territory, int year);

/* Verbs. */
int ctl_migrate(struct ctl *ctl);
int ctl_import(struct ctl *ctl);
int ctl_account_add(struct ctl *ctl);
int ctl_account_token(struct ctl *ctl);
int ctl_account_list(struct ctl *ctl);
int ctl_account_disable(struct ctl *ctl);
int ctl_account_password(struct ctl *ctl);
int ctl_account_totp(struct ctl *ctl);
int ctl_session_list(struct ctl *ctl);
int ctl_session_revoke(struct ctl *ctl);
int ctl_account_remind(struct ctl *ctl);
int ctl_reminder_put(struct ctl *ctl);
int ctl_reminder_list(struct ctl *ctl);
int ctl_reminder_delete(struct ctl *ctl);
int ctl_link_make(struct ctl *ctl);
int ctl_link_list(struct ctl *ctl);
int ctl_link_revoke(struct ctl *ctl);
int ctl_cert_issue(struct ctl *ctl);
int ctl_cert_server(struct ctl *ctl);
int ctl_cert_revoke(struct ctl *ctl);
int ctl_audit_verify(struct ctl *ctl);
int ctl_certificate_verify(struct ctl *ctl, const char *path); /* once the history is verified */
int ctl_history_retain(struct ctl *ctl);
int ctl_calendar(struct ctl *ctl);
int ctl_rota_import(struct ctl *ctl);
int ctl_rota_list(struct ctl *ctl);
int ctl_doctor(struct ctl *ctl);
int ctl_demo_load(struct ctl *ctl);
int ctl_demo_accounts(struct ctl *ctl);

#endif
