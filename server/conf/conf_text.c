/* SPDX-License-Identifier: EUPL-1.2 */
/* What people read: faults with what to do about them, and the listing of options. */
#include "conf/option.h"

static const char *const rule_text[][2] = {
    [CONF_NO_EQUALS] = {[CONF_EN] = "is not `key = value`; put # before a comment",
                        [CONF_FR] = "n'est pas de la forme `clé = valeur` ; un commentaire "
                                    "commence par #"},
    [CONF_UNKNOWN] = {[CONF_EN] = "is not an option; `ugod --help-options` lists them",
                      [CONF_FR] = "n'est pas une option ; `ugod --help-options` les énumère"},
    [CONF_TWICE] = {[CONF_EN] = "is given twice; keep one of the lines",
                    [CONF_FR] = "est donnée deux fois ; gardez une seule ligne"},
    [CONF_BAD_TEXT] = {[CONF_EN] = "contains control characters; remove them",
                       [CONF_FR] = "contient des caractères de contrôle ; retirez-les"},
    [CONF_BAD_QUOTES] = {[CONF_EN] = "has a quote that is not closed, or text behind it; write "
                                     "\\\" for a quote inside",
                         [CONF_FR] = "a un guillemet non fermé, ou du texte après ; écrivez \\\" "
                                     "pour un guillemet à l'intérieur"},
    [CONF_BAD_INT] = {[CONF_EN] = "is not a whole number", [CONF_FR] = "n'est pas un entier"},
    [CONF_BAD_DURATION] = {[CONF_EN] = "is not a duration; write a number and its unit: ms, s, m, "
                                       "h or d, such as 10s",
                           [CONF_FR] = "n'est pas une durée ; écrivez un nombre et son unité : "
                                       "ms, s, m, h ou d, par exemple 10s"},
    [CONF_BAD_SIZE] = {[CONF_EN] = "is not a size; write bytes, or a number and k, m or g, such as "
                                   "64k",
                       [CONF_FR] = "n'est pas une taille ; écrivez des octets, ou un nombre et k, "
                                   "m ou g, par exemple 64k"},
    [CONF_BAD_CHOICE] = {[CONF_EN] = "is not one of: ", [CONF_FR] = "n'est pas parmi : "},
    [CONF_BAD_ADDRESS] = {[CONF_EN] = "is not a list of addresses; write 192.0.2.7:7443, "
                                      "[2001:db8::7]:7443 or *:7443",
                          [CONF_FR] = "n'est pas une liste d'adresses ; écrivez 192.0.2.7:7443, "
                                      "[2001:db8::7]:7443 ou *:7443"},
    [CONF_BAD_NETWORK] = {[CONF_EN] = "is not a list of networks; write 192.0.2.7 or 10.0.0.0/8",
                          [CONF_FR] = "n'est pas une liste de réseaux ; écrivez 192.0.2.7 ou "
                                      "10.0.0.0/8"},
    [CONF_TOO_LOW] =
        {[CONF_EN] = "is too low; the least is ", [CONF_FR] = "est trop petit ; le minimum est "},
    [CONF_TOO_HIGH] =
        {[CONF_EN] = "is too high; the most is ", [CONF_FR] = "est trop grand ; le maximum est "},
    [CONF_EMPTY] = {[CONF_EN] = "has an empty item; remove the comma",
                    [CONF_FR] = "a un élément vide ; retirez la virgule"},
    [CONF_NOT_BELOW] = {[CONF_EN] = "must be below ", [CONF_FR] = "doit être inférieur à "},
    [CONF_NEEDS] = {[CONF_EN] = "needs another option beside it: ",
                    [CONF_FR] = "a besoin d'une autre option : "},
    [CONF_TOO_MANY] = {[CONF_EN] = "has too many items; the most is 32",
                       [CONF_FR] = "a trop d'éléments ; le maximum est 32"},
};

static void words(const struct option *o, struct buf *out)
{
    for (size_t i = 0; o->words[i] != NULL; i++) {
        if (i > 0)
            buf_text(out, ", ");
        buf_text(out, o->words[i]);
    }
}

static bool names_the_value(enum conf_rule rule)
{
    return rule != CONF_TWICE && rule != CONF_NOT_BELOW && rule != CONF_NEEDS;
}

void conf_error_text(const struct conf_error *error, enum conf_language language, struct buf *out)
{
    bool fr = language == CONF_FR;
    const struct option *o = error->option != NULL ? option_find(span_of(error->option)) : NULL;
    if (error->line > 0)
        buf_printf(out, fr ? "ligne %u : " : "line %u: ", error->line);
    if (o != NULL && error->rule != CONF_UNKNOWN)
        buf_printf(out, fr ? "%s : " : "%s: ", o->name);
    if (names_the_value(error->rule))
        buf_printf(out, "\"%s\" ", error->text);
    buf_text(out, rule_text[error->rule][language]);
    if (error->rule == CONF_BAD_CHOICE && o != NULL)
        words(o, out);
    if ((error->rule == CONF_TOO_LOW || error->rule == CONF_TOO_HIGH) && o != NULL)
        option_number(o, error->rule == CONF_TOO_LOW ? o->min : o->max, out);
    if (error->other != NULL)
        buf_text(out, error->other);
    if (error->rule == CONF_UNKNOWN && o != NULL)
        buf_printf(out, fr ? " (vouliez-vous dire %s ?)" : " (did you mean %s?)", o->name);
}

static void type_text(const struct option *o, bool fr, struct buf *out)
{
    static const char *const names[][2] = {
        [OPTION_TEXT] = {"text", "texte"},
        [OPTION_PATH] = {"path", "chemin"},
        [OPTION_INT] = {"number", "nombre"},
        [OPTION_DURATION] = {"duration", "durée"},
        [OPTION_SIZE] = {"size", "taille"},
        [OPTION_CHOICE] = {"one of ", "au choix "},
        [OPTION_ADDRESSES] = {"list of host:port", "liste d'hôte:port"},
        [OPTION_NETWORKS] = {"list of networks", "liste de réseaux"},
        [OPTION_NAMES] = {"list of names", "liste de noms"},
    };
    buf_text(out, names[o->type][fr]);
    if (o->type == OPTION_CHOICE)
        words(o, out);
    if (o->max > 0) {
        buf_text(out, ", ");
        option_number(o, o->min, out);
        buf_text(out, " … ");
        option_number(o, o->max, out);
    }
}

/* Itself a configuration file with everything commented out. */
void conf_help(enum conf_language language, struct buf *out)
{
    bool fr = language == CONF_FR;
    for (size_t i = 0; i < conf_options_n; i++) {
        const struct option *o = &conf_options[i];
        buf_printf(out, "# %s\n# (", fr ? o->fr : o->en);
        type_text(o, fr, out);
        if (o->reloadable)
            buf_text(out, fr ? " ; rechargeable par SIGHUP" : "; SIGHUP reloads it");
        buf_printf(out, ")\n#%s = %s\n\n", o->name, o->fallback);
    }
}
