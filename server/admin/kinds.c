/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/kinds.h"

#include <stddef.h>

#include "base/result.h"

static const struct kind kinds[] = {
    {"mecs", "177", 24, MODALITY_INTERNAT, false},
    {"cdef", "175", 24, MODALITY_INTERNAT, false},
    {"pouponniere", "172", 24, MODALITY_INTERNAT, false},
    {"village_enfants", "176", 24, MODALITY_INTERNAT, false},
    {"lieu_de_vie", "462", 24, MODALITY_INTERNAT, true},
    {"placement_familial", "236", 72, MODALITY_FAMILIAL, false},
    {"assistant_familial", "", 72, MODALITY_FAMILIAL, true},
    {"accueil_mere_enfant", "166", 24, MODALITY_PARENTAL, false},
    {"centre_parental", "159", 24, MODALITY_PARENTAL, false},
    {"mna", "643 644", 24, MODALITY_SEMI_AUTONOMIE, false},
    {"urgence", "", 4, MODALITY_URGENCE, false},
    {"autonomie", "", 24, MODALITY_SEMI_AUTONOMIE, false},
    {"accueil_jour", "", 24, MODALITY_ACCUEIL_JOUR, false},
    {"pad", "", 24, MODALITY_PAD, false},
    {"experimental", "378", 24, MODALITY_INTERNAT, false},
    /* Places for minors outside the service's own list: the justice ministry's homes (241), foster
     * care for disabled children (238), intermediaries of placement (411). */
    {"autre", "238 241 411", 24, MODALITY_INTERNAT, false},
};

/* Child protection without lodging: prevention, AEMO and AED, family allowances, enquiries, courts,
 * open custody, penal reparation, maternal health and social districts. */
static const char without_places[] = "223 224 228 230 231 286 295 344 359 418 427 440 441 453 "
                                     "640 701 702";

/* Every category of the FINESS nomenclature of May 2025 (domain "categorie_eg"), ended ones too: an
 * import tells a hospital, which it skips, from a typing error, which it reports. */
static const char nomenclature[] =
    "001 002 003 101 106 108 109 112 114 115 119 122 124 125 126 127 128 129 130 131 132 135 136 "
    "137 138 139 140 141 142 143 144 146 156 157 159 160 161 162 163 164 165 166 167 168 169 170 "
    "171 172 173 174 175 176 177 178 179 180 181 182 183 184 185 186 188 189 190 191 192 193 194 "
    "195 196 197 198 199 200 202 205 207 208 209 212 213 214 215 216 217 218 219 220 221 223 224 "
    "225 228 229 230 231 233 236 237 238 241 246 247 249 250 251 252 253 255 256 257 258 259 261 "
    "262 265 266 267 268 269 270 271 272 273 274 275 276 277 278 279 280 281 282 283 284 285 286 "
    "289 292 294 295 297 300 303 304 305 306 307 308 309 310 311 312 313 314 315 316 317 319 320 "
    "321 322 324 326 327 328 329 330 340 341 342 343 344 345 346 347 349 350 352 353 354 355 357 "
    "359 361 362 363 365 366 367 368 369 370 371 373 374 375 376 377 378 379 380 381 382 386 390 "
    "393 394 395 396 397 398 399 400 401 402 403 404 405 411 412 413 414 415 418 419 420 421 422 "
    "423 425 426 427 430 431 432 433 434 435 436 437 438 439 440 441 442 443 444 445 446 447 448 "
    "449 450 451 452 453 460 461 462 463 464 500 501 502 601 602 603 604 605 606 607 608 609 610 "
    "611 612 614 616 617 620 621 622 623 624 627 628 629 630 631 632 633 636 637 638 639 640 641 "
    "642 643 644 645 646 647 648 690 695 696 697 698 699 701 702";

static bool list_has(const char *list, span code)
{
    if (code.n != 3)
        return false;
    for (const char *p = list; strlen(p) >= 3; p += p[3] == ' ' ? 4 : 3)
        if (memcmp(p, code.p, 3) == 0)
            return true;
    return false;
}

const struct kind *kind_find(span code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (span_is(code, kinds[i].code))
            return &kinds[i];
    return NULL;
}

const struct kind *kind_of_category(span category)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (list_has(kinds[i].categories, category))
            return &kinds[i];
    return NULL;
}

const struct kind *kind_next(const struct kind *k)
{
    size_t i = k == NULL ? 0 : (size_t)(k - kinds) + 1;

    return i < ARRAY_LENGTH(kinds) ? &kinds[i] : NULL;
}

enum category_sort category_sort(span category)
{
    if (kind_of_category(category) != NULL)
        return CATEGORY_WITH_PLACES;
    if (list_has(without_places, category))
        return CATEGORY_WITHOUT_PLACES;
    return list_has(nomenclature, category) ? CATEGORY_OTHER_FIELD : CATEGORY_UNKNOWN;
}

struct activity activity_of(span activity, span mode, enum modality by_kind)
{
    /* Nomenclatures TRE_R401 (activities) and TRE_R404 (modes of care). What the activity says wins
     * over its mode: an emergency place in an internat is an emergency place. */
    static const struct {
        const char *code;
        enum modality modality;
    } activities[] =
        {
            {"246", MODALITY_PARENTAL},                           /* mother and child */
            {"247", MODALITY_PARENTAL},                           /* centre parental */
            {"913", MODALITY_URGENCE},  {"914", MODALITY_RELAIS}, /* seasonal or week-end */
            {"921", MODALITY_RELAIS},                             /* rupture, apaisement */
        },
      modes[] = {
          {"11", MODALITY_INTERNAT},
          {"13", MODALITY_ACCUEIL_JOUR},
          {"14", MODALITY_ACCUEIL_JOUR},
          {"15", MODALITY_FAMILIAL},
          {"16", MODALITY_PAD},
          {"17", MODALITY_INTERNAT_SEMAINE},
          {"18", MODALITY_SEMI_AUTONOMIE}, /* hébergement de nuit éclaté: flats in town */
          {"21", MODALITY_ACCUEIL_JOUR},
          {"22", MODALITY_INTERNAT},
          {"24", MODALITY_FAMILIAL},
          {"27", MODALITY_SEQUENTIEL},
          {"40", MODALITY_RELAIS},
          {"44", MODALITY_ACCUEIL_JOUR},
          {"45", MODALITY_RELAIS},
          {"47", MODALITY_ACCUEIL_JOUR},
      };
    /* Accueil, emergency, temporary, rupture, experimental, and the placements of the former codes;
     * everything else (257 to 259, 411, 660, 697, 928 to 931, …) lodges nobody. */
    static const char lodging[] = "246 247 262 844 912 913 914 921 935";
    struct activity found = {by_kind, list_has(lodging, activity)};

    for (size_t i = 0; i < ARRAY_LENGTH(modes); i++)
        if (span_is(mode, modes[i].code))
            found.modality = modes[i].modality;
    for (size_t i = 0; i < ARRAY_LENGTH(activities); i++)
        if (span_is(activity, activities[i].code))
            found.modality = activities[i].modality;
    return found;
}

struct publics publics_of(span code)
{
    static const struct {
        const char *code;
        struct publics says;
    } publics[] = {
        {"801", {0, 7 * 12, false, false, "0 à 6 ans"}},
        {"802", {7 * 12, 18 * 12, false, false, "7 à 17 ans"}},
        {"803", {18 * 12, 21 * 12, false, false, "jeunes majeurs"}},
        {"806", {-1, -1, true, false, "mineurs non accompagnés"}},
        {"808", {-1, -1, false, false, "petite enfance"}},
        {"811", {-1, -1, false, false, "jeunes adultes"}},
        {"824", {-1, -1, false, true, "parents avec enfant"}},
        {"829", {-1, -1, false, true, "familles"}},
        {"835", {-1, -1, false, true, "parents avec enfant"}},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(publics); i++)
        if (span_is(code, publics[i].code))
            return publics[i].says;
    return (struct publics){-1, -1, false, false, NULL};
}

const char *modality_label(enum modality m)
{
    static const char *const labels[MODALITY_COUNT] = {
        [MODALITY_INTERNAT] = "Internat",
        [MODALITY_URGENCE] = "Accueil d'urgence",
        [MODALITY_SEQUENTIEL] = "Accueil séquentiel",
        [MODALITY_RELAIS] = "Accueil relais",
        [MODALITY_ACCUEIL_JOUR] = "Accueil de jour",
        [MODALITY_PAD] = "Placement à domicile",
        [MODALITY_SEMI_AUTONOMIE] = "Semi-autonomie",
        [MODALITY_INTERNAT_SEMAINE] = "Internat de semaine",
        [MODALITY_FAMILIAL] = "Accueil familial",
        [MODALITY_PARENTAL] = "Accueil parent-enfant",
    };

    return labels[m];
}
