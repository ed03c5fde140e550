/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/destination.h"

#include "core/json_read.h"
#include "core/member.h"

int destination_read(const json_t *json, struct destination *ret)
{
    const json_t *contact = json_object_get(json, "contact");
    ret->known = json_is_object(json);
    ret->point = json_point(json_object_get(json, "point"));
    return json_copy_text(json, "address", &ret->address) < 0 ||
                   json_copy_text(json, "commune", &ret->commune) < 0 ||
                   json_copy_text(contact, "day", &ret->contact_day) < 0 ||
                   json_copy_text(contact, "night", &ret->contact_night) < 0
               ? -ENOMEM
               : 0;
}

void destination_clear(struct destination *d)
{
    free(d->address);
    free(d->commune);
    free(d->contact_day);
    free(d->contact_night);
    *d = (struct destination){0};
}

void destination_write(const struct destination *d, struct buf *out)
{
    buf_text(out, ",\"place\":{\"address\":");
    buf_json_text(out, d->address);
    member_text(out, "commune", d->commune);
    if (d->point.known)
        buf_printf(out, ",\"point\":[%.5f,%.5f]", d->point.lat, d->point.lon);
    else
        buf_text(out, ",\"point\":null");
    member_contact(out, d->contact_day, d->contact_night);
    buf_char(out, '}');
}
