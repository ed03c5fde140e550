/* SPDX-License-Identifier: EUPL-1.2 */
/* `import`: read files, plan, apply, say what happened. */
#include <openssl/sha.h>

#include "admin/ctl.h"
#include "admin/files.h"
#include "admin/import_outlines.h"
#include "admin/import_plan.h"
#include "admin/register.h"

#define FILE_MOST ((size_t)1 << 30)

struct job {
    struct ctl *ctl;
    struct import im;
    struct buf file[2];
    json_t *known;
    long long revision; /* that the plan was made at */
    size_t told;        /* commands done at the last sign of progress */
};

static void job_free(struct job *j)
{
    import_free(&j->im);
    buf_free(&j->file[0]);
    buf_free(&j->file[1]);
    json_decref(j->known);
}

static int read_files(struct job *j)
{
    for (int i = 0; i < j->ctl->n_arguments; i++) {
        int r = files_read(j->ctl->argument[i], FILE_MOST, &j->file[i]);

        if (r != 0) {
            ctl_complain(j->ctl, "file_unreadable", j->ctl->argument[i], strerror(-r), NULL);
            return CTL_REFUSED;
        }
    }
    return 0;
}

static int parse(struct job *j)
{
    const char *what = j->ctl->verb->name + strlen("import ");
    span one = buf_span(&j->file[0]), other = buf_span(&j->file[1]);

    if (strcmp(what, "finess") == 0)
        return import_finess(one, other, &j->im);
    if (strcmp(what, "communes") == 0)
        return import_communes(one, &j->im);
    if (strcmp(what, "territories") == 0)
        return import_territories(one, &j->im);
    if (strcmp(what, "outlines") == 0)
        return import_outlines(one, &j->im);
    if (strcmp(what, "population") == 0)
        return import_population(one, &j->im);
    return import_units(one, &j->im);
}

/* Metres; 0, or the exit status after saying that it is none. */
static int read_tolerance(const struct job *j, double *ret)
{
    const char *given = ctl_option(j->ctl, "--tolerance", 0);

    *ret = OUTLINE_TOLERANCE_M;
    if (given == NULL || (import_decimal(span_of(given), ret) == 0 && *ret >= 0 && *ret <= 10000))
        return 0;
    ctl_complain(j->ctl, "tolerance_invalid", given, NULL);
    return CTL_USAGE;
}

static int plan(struct job *j, double tolerance)
{
    const char *what = j->ctl->verb->name + strlen("import ");

    if (strcmp(what, "outlines") == 0)
        return import_outlines_plan(&j->im, j->known, tolerance);
    if (strcmp(what, "population") == 0)
        return import_population_plan(&j->im, j->known);
    return import_plan(&j->im, j->known);
}

/* "file:12: " or "file: " in front of a sentence on standard error. */
static void remark(const struct job *j, int file, const struct import_remark *r)
{
    if (r->line > 0)
        fprintf(stderr, "%s:%d: ", j->ctl->argument[file], r->line);
    else
        fprintf(stderr, "%s: ", j->ctl->argument[file]);
    ctl_remark(j->ctl, r->code, r->value, NULL);
}

/* 0, or the exit status after saying why there is nothing to go on with. */
static int judge(const struct job *j, int r)
{
    if (r == 0)
        return 0;
    if (r == IMPORT_REFUSED) {
        remark(j, j->im.damaged_file, &j->im.damage);
        ctl_complain(j->ctl, "import_refused", NULL);
    } else if (r == -ENOMEM) {
        ctl_complain(j->ctl, "out_of_memory", NULL);
    } else {
        ctl_complain(j->ctl, "database_says", PQerrorMessage(j->ctl->connection), NULL);
    }
    return CTL_REFUSED;
}

static void refused(void *owner, const struct register_refusal *refusal)
{
    const struct job *j = owner;
    const json_t *error = json_array_get(json_object_get(refusal->reply, "errors"), 0);
    const char *type = json_string_value(json_object_get(refusal->reply, "type"));
    const char *pointer = json_string_value(json_object_get(error, "pointer"));
    const char *detail = json_string_value(json_object_get(error, "detail"));

    fprintf(stderr, "%s:%s: ", j->ctl->argument[0],
            ctl_number(json_integer_value(json_object_get(refusal->command, "line"))));
    ctl_remark(j->ctl, "command_refused",
               json_string_value(json_object_get(refusal->command, "op")),
               type != NULL ? type : "?", pointer != NULL ? pointer : "",
               detail != NULL ? detail : "", NULL);
}

static void progress(void *owner, size_t done, size_t all)
{
    struct job *j = owner;

    if (all < 2000 || done < j->told + 2000)
        return;
    j->told = done;
    ctl_remark(j->ctl, "import_progress", ctl_number((long long)done), ctl_number((long long)all),
               NULL);
}

static int apply(struct job *j, struct register_sent *sent)
{
    unsigned char seed[2 * SHA256_DIGEST_LENGTH];
    char text[2 * sizeof seed + 64] = "import";
    const char *tolerance = ctl_option(j->ctl, "--tolerance", 0);
    struct register_send how = {
        .account = "system",
        .channel = "import",
        .refused = refused,
        .progress = progress,
        .owner = j,
    };
    size_t n = strlen(text);

    /* The revision that the plan was made at is part of the key: after a file A and a file B, A
     * again is a new import, not a repetition of the first. Running an interrupted import again
     * plans again and sends what is missing. */
    SHA256((const unsigned char *)(j->file[0].p != NULL ? j->file[0].p : ""), j->file[0].n, seed);
    SHA256((const unsigned char *)(j->file[1].p != NULL ? j->file[1].p : ""), j->file[1].n,
           seed + SHA256_DIGEST_LENGTH);
    for (size_t i = 0; i < sizeof seed; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%02x", seed[i]);
    /* So is what the same file was read with. */
    snprintf(text + n, sizeof text - n, "/%lld/%.20s", j->revision, tolerance ? tolerance : "");
    how.seed = span_of(text);
    return register_apply(j->ctl->connection, j->im.commands, &how, sent);
}

/* The counts of the summary, in the order in which they are shown. */
static void summarise(const struct job *j)
{
    static const char *const read[] = {
        "lines",
        "territories",
        "communes",
        "communes_apart",
        "outlines",
        "outlines_of_others",
        "establishments",
        "units",
        "places_authorised",
        "places_installed",
        "closed_establishments",
        "closed_activities",
        "closed_units",
        "skipped_without_places",
        "skipped_other_field",
        "activities_without_places",
        "units_known_better",
        "communes_unknown",
        "closed_never_known",
        "establishments_moved",
    };
    static const char *const did[] = {"created", "updated", "closed", "unchanged"};
    char code[64];

    for (size_t i = 0; i < ARRAY_LENGTH(read) + ARRAY_LENGTH(did); i++) {
        const char *name = i < ARRAY_LENGTH(read) ? read[i] : did[i - ARRAY_LENGTH(read)];
        json_int_t n = json_integer_value(json_object_get(j->im.counts, name));

        if (n == 0)
            continue;
        snprintf(code, sizeof code, "count_%s", name);
        ctl_say(j->ctl, code, ctl_number(n), NULL);
    }
    if (j->im.n_bad > 0)
        ctl_say(j->ctl, "count_bad_lines", ctl_number(j->im.n_bad), NULL);
}

int ctl_import(struct ctl *ctl)
{
    struct job j CLEANUP(job_free) = {.ctl = ctl};
    struct register_sent sent = {0};
    double tolerance;
    int r = read_tolerance(&j, &tolerance);

    if (r != 0)
        return r;
    import_init(&j.im);
    if (read_files(&j) != 0 || judge(&j, parse(&j)) != 0)
        return CTL_REFUSED;
    r = register_read(ctl->connection, &j.known, &j.revision);
    if (r == 0)
        r = plan(&j, tolerance);
    if (judge(&j, r) != 0)
        return CTL_REFUSED;
    for (int i = 0; i < j.im.n_bad; i++)
        remark(&j, 0, &j.im.bad[i]);
    if (ctl_option(ctl, "--dry-run", 0) == NULL) {
        r = apply(&j, &sent);
        if (r != 0) {
            (void)judge(&j, r);
            ctl_complain(ctl, "import_interrupted", NULL);
            return CTL_REFUSED;
        }
    }
    summarise(&j);
    if (ctl_option(ctl, "--dry-run", 0) != NULL)
        ctl_say(ctl, "import_dry_run", NULL);
    else if (sent.changed == 0 && sent.refused == 0)
        ctl_say(ctl, "import_nothing", NULL);
    else
        ctl_say(ctl, "import_done", ctl_number(sent.revision), NULL);
    return sent.refused > 0 ? CTL_REFUSED : CTL_DONE;
}
