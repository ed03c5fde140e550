/* SPDX-License-Identifier: EUPL-1.2 */
#include <openssl/rand.h>

#include "admin/ctl.h"
#include "admin/register.h"

json_t *ctl_command(const char *op, const char *format, ...)
{
    va_list arguments;
    json_t *params;

    va_start(arguments, format);
    params = json_vpack_ex(NULL, 0, format, arguments);
    va_end(arguments);
    return params != NULL ? json_pack("{s:s, s:o}", "op", op, "params", params) : NULL;
}

static void refused(void *owner, const struct register_refusal *refusal)
{
    const json_t *error = json_array_get(json_object_get(refusal->reply, "errors"), 0);
    const char *type = json_string_value(json_object_get(refusal->reply, "type"));
    const char *pointer = json_string_value(json_object_get(error, "pointer"));
    const char *detail = json_string_value(json_object_get(error, "detail"));

    ctl_complain(owner, "register_says", type != NULL ? type : "?", pointer != NULL ? pointer : "",
                 detail != NULL ? detail : "", NULL);
}

int ctl_apply(struct ctl *ctl, json_t *commands)
{
    unsigned char seed[32];
    struct register_send how = {
        .account = "system",
        .channel = "cli",
        .seed = {(const char *)seed, sizeof seed},
        .refused = refused,
        .owner = ctl,
    };
    struct register_sent sent;
    int r = commands == NULL ? -ENOMEM : 0;

    if (r == 0 && RAND_bytes(seed, sizeof seed) != 1)
        r = -EIO;
    if (r == 0)
        r = register_apply(ctl->connection, commands, &how, &sent);
    json_decref(commands);
    if (r == -ENOMEM)
        ctl_complain(ctl, "out_of_memory", NULL);
    else if (r != 0)
        ctl_complain(ctl, "database_says", PQerrorMessage(ctl->connection), NULL);
    return r != 0 || sent.refused > 0 ? CTL_REFUSED : CTL_DONE;
}
