/* SPDX-License-Identifier: EUPL-1.2 */
/* An audience is a digest of all that deltas depend on besides the replica and the place in it:
 * frame, name, filter, role, scope, and the account where it matters. Not the fingerprint of
 * positions, which is short, and another for each account. */
#include "api/prepared.h"

#include <stdlib.h>

#include "core/codes.h"

int prepared_audience(struct feed *f, const struct viewer *v)
{
    struct buf text = {0};
    f->frame->begin(&text, FEED_DELTA, f->name, NULL);
    buf_printf(&text, "\n%s\n%s\n", f->filter ? f->filter : "{}", role_codes[v->role]);
    buf_add(&text, buf_span(&v->scope));
    if (viewer_is_personal(v))
        buf_printf(&text, "\n%s\n%s", v->account, v->acts_for);
    digest_hex(buf_span(&text), f->audience);
    int r = buf_check(&text);
    buf_free(&text);
    return r;
}

bool prepared_key(const struct feed *f, struct prepared_key *ret)
{
    const struct replica *r = f->all->desk->replica;
    const struct stream *stream = &f->stream;
    *ret = (struct prepared_key){.generation = r->generation,
                                 .cursor = stream->cursor,
                                 .last_seq = r->live->timeline.last_seq,
                                 .turn_seq = r->live->timeline.turn_seq,
                                 .revision = r->live->revision};
    return f->marked && !f->unmarked_changes && stream->walk <= stream->cursor &&
           stream->cursor < ret->last_seq;
}

static struct prepared *place_of(const struct feed *f)
{
    const unsigned char *digits = (const unsigned char *)f->audience;
    return &f->all->prepared[(digits[0] * 31u + digits[1]) % PREPARED_PLACES];
}

static bool same_key(const struct prepared_key *a, const struct prepared_key *b)
{
    return a->generation == b->generation && a->cursor == b->cursor && a->last_seq == b->last_seq &&
           a->turn_seq == b->turn_seq && a->revision == b->revision;
}

span prepared_find(const struct feed *f, const struct prepared_key *key)
{
    if (f->all->prepared == NULL)
        return (span){0};
    const struct prepared *p = place_of(f);
    bool same = same_key(&p->key, key) && strcmp(p->audience, f->audience) == 0;
    return same ? buf_span(&p->deltas) : (span){0};
}

void prepared_keep(struct feed *f, const struct prepared_key *key, span deltas)
{
    if (f->all->prepared == NULL)
        f->all->prepared = calloc(PREPARED_PLACES, sizeof(struct prepared));
    if (f->all->prepared == NULL)
        return;
    struct prepared *p = place_of(f);
    p->key = *key;
    memcpy(p->audience, f->audience, sizeof p->audience);
    buf_reset(&p->deltas);
    buf_add(&p->deltas, deltas);
    if (buf_check(&p->deltas) < 0)
        buf_free(&p->deltas);
}

void prepared_free(struct prepared *places)
{
    for (size_t i = 0; places != NULL && i < PREPARED_PLACES; i++)
        buf_free(&places[i].deltas);
    free(places);
}
