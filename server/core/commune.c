/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/commune.h"

#include "core/json_read.h"

/* Latin-1 supplement, U+00C0 to U+00FF (UTF-8 C3 80 to C3 BF), without its accents. The ligatures
 * become one letter: both sides of a comparison are folded. */
static const char folded[] = "AAAAAAACEEEEIIIIDNOOOOO OUUUUYTS"
                             "AAAAAAACEEEEIIIIDNOOOOO OUUUUYTY";

static char fold_byte(const unsigned char **p)
{
    unsigned char c = *(*p)++;
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    if (c == 0xC3 && **p >= 0x80 && **p <= 0xBF)
        return folded[*(*p)++ - 0x80];
    if (c == 0xC5 && (**p == 0x92 || **p == 0x93)) { /* Œ œ */
        (*p)++;
        return 'O';
    }
    if (c == 0xE2 && (*p)[0] == 0x80 && (*p)[1] == 0x99) { /* ’ */
        *p += 2;
        return ' ';
    }
    return c == '-' || c == '\'' || c == '\t' || c == '/' ? ' ' : (char)c;
}

/* "SAINT " → "ST ", "SAINTE " → "STE " where a word begins; returns the new length. */
static size_t shorten_saints(char *key, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        bool word = i == 0 || key[i - 1] == ' ';
        key[to++] = key[i];
        if (word && n - i > 5 && memcmp(key + i, "SAINT", 5) == 0 &&
            (key[i + 5] == ' ' || (key[i + 5] == 'E' && n - i > 6 && key[i + 6] == ' '))) {
            key[to++] = 'T';
            i += 4;
        }
    }
    return to;
}

void commune_fold(const char *name, char ret_key[static COMMUNE_KEY_MAX])
{
    const unsigned char *p = (const unsigned char *)name;
    size_t n = 0;
    while (*p != 0 && n < COMMUNE_KEY_MAX - 1) {
        char c = fold_byte(&p);
        if (c == ' ' && (n == 0 || ret_key[n - 1] == ' '))
            continue;
        ret_key[n++] = c;
    }
    while (n > 0 && ret_key[n - 1] == ' ')
        n--;
    ret_key[shorten_saints(ret_key, n)] = 0;
}

static void cleanup(struct commune **c)
{
    commune_destroy(*c);
}

static int postcodes_read(const json_t *array, struct commune *c)
{
    size_t n = json_array_size(array);
    c->postcodes = calloc(n ? n : 1, sizeof *c->postcodes);
    if (c->postcodes == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        c->postcodes[i] = strdup(text ? text : "");
        if (c->postcodes[i] == NULL)
            return -ENOMEM;
        c->n_postcodes = i + 1;
    }
    return 0;
}

int commune_decode(const char *insee, const char *state, struct commune **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    if (json_text(json, "name") == NULL)
        return -EBADMSG;
    CLEANUP(cleanup) struct commune *c = calloc(1, sizeof *c);
    char key[COMMUNE_KEY_MAX];
    commune_fold(json_text(json, "name"), key);
    if (c == NULL || (c->insee = strdup(insee)) == NULL || (c->key = strdup(key)) == NULL ||
        json_copy_text(json, "name", &c->name) < 0 ||
        json_copy_text(json, "territory", &c->territory) < 0 ||
        postcodes_read(json_object_get(json, "postcodes"), c) < 0)
        return -ENOMEM;
    const json_t *point = json_object_get(json, "point");
    if (json_array_size(point) == 2)
        c->point = (struct point){json_number_value(json_array_get(point, 0)),
                                  json_number_value(json_array_get(point, 1)), true};
    *ret = c;
    c = NULL;
    return 0;
}

void commune_destroy(struct commune *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->n_postcodes; i++)
        free(c->postcodes[i]);
    free(c->postcodes);
    free(c->territory);
    free(c->key);
    free(c->name);
    free(c->insee);
    free(c);
}

void commune_encode(const struct commune *c, struct buf *out)
{
    buf_text(out, "{\"insee\":");
    buf_json_text(out, c->insee);
    buf_text(out, ",\"name\":");
    buf_json_text(out, c->name);
    buf_text(out, ",\"postcodes\":[");
    for (size_t i = 0; i < c->n_postcodes; i++) {
        buf_text(out, i ? "," : "");
        buf_json_text(out, c->postcodes[i]);
    }
    buf_text(out, "],\"point\":");
    if (c->point.known)
        buf_printf(out, "[%.4f,%.4f]", c->point.lat, c->point.lon);
    else
        buf_text(out, "null");
    buf_text(out, ",\"territory\":");
    buf_json_text(out, c->territory);
    buf_char(out, '}');
}
