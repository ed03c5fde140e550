/* SPDX-License-Identifier: EUPL-1.2 */
/* Invented houses, families and groups. The proportions are Haute-Garonne's of 31 December 2020
 * (domain.md, "Figures for sizing"): places by kind, plus one small house of each kind that the
 * département does not count apart. */
#include "admin/demo_tables.h"

#include "base/result.h"

/* clang-format off */
const struct demo_service demo_services[] = {
    {"mecs-tilleul-bleu", "Maison du Tilleul bleu", "mecs", 56},
    {"mecs-hirondelles-de-papier", "Les Hirondelles de papier", "mecs", 62},
    {"mecs-grande-ourse", "Maison de la Grande Ourse", "mecs", 48},
    {"mecs-cabanes-du-vent", "Les Cabanes du vent", "mecs", 44},
    {"mecs-clairiere-aux-lucioles", "La Clairière aux lucioles", "mecs", 60},
    {"mecs-bateau-de-bois", "Le Bateau de bois", "mecs", 52},
    {"mecs-trois-cerisiers", "Maison des Trois Cerisiers", "mecs", 40},
    {"mecs-renard-tranquille", "Le Renard tranquille", "mecs", 54},
    {"mecs-parapluie-rouge", "Le Parapluie rouge", "mecs", 46},
    {"mecs-escargot-vaillant", "L'Escargot vaillant", "mecs", 38},
    {"mecs-nuage-en-laine", "Le Nuage en laine", "mecs", 58},
    {"mecs-fontaine-qui-chante", "La Fontaine qui chante", "mecs", 50},
    {"mecs-cerf-volant", "Maison du Cerf-volant", "mecs", 64},
    {"mecs-quatre-saisons", "La Ronde des quatre saisons", "mecs", 42},
    {"mecs-lanterne", "La Lanterne du chemin", "mecs", 52},
    {"mecs-moulin-a-paroles", "Le Moulin à paroles", "mecs", 48},
    {"mecs-grand-pre", "Les Coquelicots du grand pré", "mecs", 44},
    {"cdef-arc-en-ciel", "Centre départemental de l'Arc-en-ciel", "cdef", 231},
    {"pouponniere-petits-pas", "Pouponnière des Petits pas", "pouponniere", 18},
    {"village-des-marelles", "Village d'enfants des Marelles", "village_enfants", 36},
    {"ldv-bergerie-douce", "La Bergerie douce", "lieu_de_vie", 6},
    {"ldv-ane-gris", "La Maison de l'âne gris", "lieu_de_vie", 6},
    {"ldv-four-a-pain", "Le Four à pain", "lieu_de_vie", 7},
    {"ldv-ruche-bavarde", "La Ruche bavarde", "lieu_de_vie", 6},
    {"ldv-sentier-des-noisettes", "Le Sentier des noisettes", "lieu_de_vie", 5},
    {"ldv-poule-rousse", "La Poule rousse", "lieu_de_vie", 6},
    {"ldv-roulotte-verte", "La Roulotte verte", "lieu_de_vie", 6},
    {"ldv-etable-aux-etoiles", "L'Étable aux étoiles", "lieu_de_vie", 7},
    {"ldv-vieux-chene", "Au pied du vieux chêne", "lieu_de_vie", 5},
    {"ldv-rivage", "Le Rivage aux galets", "lieu_de_vie", 6},
    {"ldv-volets-jaunes", "Les Volets jaunes", "lieu_de_vie", 6},
    {"pf-main-tendue", "Service familial de la Main tendue", "placement_familial", 72},
    {"pf-porte-ouverte", "Service familial de la Porte ouverte", "placement_familial", 64},
    {"pf-grands-bras", "Service familial des Grands bras", "placement_familial", 58},
    {"cm-berceau-de-lune", "Le Berceau de lune", "accueil_mere_enfant", 48},
    {"cm-premier-matin", "Maison du Premier matin", "accueil_mere_enfant", 44},
    {"cm-jardin-clos", "Le Jardin clos", "accueil_mere_enfant", 42},
    {"cm-deux-soleils", "Les Deux soleils", "accueil_mere_enfant", 38},
    {"cm-nid-de-paille", "Centre départemental du Nid de paille", "accueil_mere_enfant", 60},
    {"cp-table-ronde", "La Table ronde", "centre_parental", 12},
    {"mna-boussole", "Maison de la Boussole", "mna", 68},
    {"urgence-sud-veilleuse", "La Veilleuse, urgence sud", "urgence", 50},
    {"autonomie-premiere-cle", "La Première clé", "autonomie", 98},
    {"autonomie-grand-large", "Le Grand large", "autonomie", 92},
    {"autonomie-passerelle", "La Passerelle", "autonomie", 80},
    {"autonomie-boite-aux-lettres", "La Boîte aux lettres", "autonomie", 28},
    {"autre-maison-voyageuse", "La Maison voyageuse", "autre", 27},
    {"jour-apres-la-classe", "Après la classe", "accueil_jour", 15},
    {"jour-atelier-bleu", "L'Atelier bleu", "accueil_jour", 12},
    {"pad-pas-a-pas", "Pas à pas", "pad", 36},
    {"pad-fil-rouge", "Le Fil rouge", "pad", 34},
    {"pad-cuisine-partagee", "La Cuisine partagée", "pad", 32},
    {"pad-volubilis", "Volubilis", "pad", 36},
    {"pad-petit-banc", "Le Petit banc", "pad", 34},
    {"pad-mercredi", "Les Mercredis", "pad", 30},
    {"pad-marmite", "La Marmite", "pad", 36},
    {"pad-double-toit", "Double toit", "pad", 34},
    {"pad-carnet", "Le Carnet de route", "pad", 32},
    {"pad-bobine", "La Bobine", "pad", 36},
    {"pad-palier", "Sur le palier", "pad", 34},
    {"pad-gouter", "L'Heure du goûter", "pad", 34},
    {"experimental-pont-de-singe", "Le Pont de singe", "experimental", 12},
};
const int demo_services_n = ARRAY_LENGTH(demo_services);

#define YEARS(n) ((n) * 12)
#define ANY UNIT_SEX_ANY
#define OFFICE ADMISSION_OFFICE_HOURS
#define ALWAYS ADMISSION_ALWAYS

/* The first rows of a kind come first in each of its houses; the others take turns. */
const struct demo_group demo_groups[] = {
    {"mecs", "Groupe des grands", MODALITY_INTERNAT, YEARS(12), YEARS(18), ANY, 3, OFFICE, 0, 0, "", ""},
    {"mecs", "Groupe des petits", MODALITY_INTERNAT, YEARS(3), YEARS(10), ANY, 4, OFFICE, 0, 0, "", "pregnant"},
    {"mecs", "Groupe des moyens", MODALITY_INTERNAT, YEARS(8), YEARS(14), ANY, 3, OFFICE, 0, 0, "disability", ""},
    {"mecs", "Accueil d'urgence", MODALITY_URGENCE, YEARS(3), YEARS(18), ANY, 3, ALWAYS, 90, 2, "mna complex", ""},
    {"mecs", "Groupe des filles", MODALITY_INTERNAT, YEARS(12), YEARS(18), UNIT_SEX_GIRLS, 2, OFFICE, 0, 0, "pregnant", ""},
    {"mecs", "Internat de semaine", MODALITY_INTERNAT_SEMAINE, YEARS(6), YEARS(16), ANY, 2, OFFICE, 0, 0, "", "psychiatric"},
    {"mecs", "Groupe des garçons", MODALITY_INTERNAT, YEARS(12), YEARS(18), UNIT_SEX_BOYS, 2, OFFICE, 0, 0, "", ""},
    {"mecs", "Accueil séquentiel", MODALITY_SEQUENTIEL, YEARS(6), YEARS(18), ANY, 2, OFFICE, 0, 0, "complex", ""},
    {"mecs", "Appartements éducatifs", MODALITY_SEMI_AUTONOMIE, YEARS(16), YEARS(21), ANY, 1, OFFICE, 0, 0, "mna", "medical"},
    {"mecs", "Relais et apaisement", MODALITY_RELAIS, YEARS(10), YEARS(18), ANY, 1, ALWAYS, 30, 0, "complex psychiatric", ""},
    {"mecs", "Maison des fratries", MODALITY_INTERNAT, 0, YEARS(18), ANY, 6, OFFICE, 0, 0, "", ""},
    {"cdef", "Accueil d'urgence", MODALITY_URGENCE, YEARS(3), YEARS(18), ANY, 4, ALWAYS, 90, 3, "mna complex", ""},
    {"cdef", "Pouponnière", MODALITY_INTERNAT, 0, YEARS(3), ANY, 3, ALWAYS, 0, 1, "medical", ""},
    {"cdef", "Pavillon des petits", MODALITY_INTERNAT, YEARS(3), YEARS(8), ANY, 4, ALWAYS, 0, 0, "", ""},
    {"cdef", "Pavillon des moyens", MODALITY_INTERNAT, YEARS(8), YEARS(13), ANY, 3, ALWAYS, 0, 0, "", ""},
    {"cdef", "Pavillon des adolescentes", MODALITY_INTERNAT, YEARS(13), YEARS(18), UNIT_SEX_GIRLS, 2, ALWAYS, 0, 0, "pregnant", ""},
    {"cdef", "Pavillon des adolescents", MODALITY_INTERNAT, YEARS(13), YEARS(18), UNIT_SEX_BOYS, 2, ALWAYS, 0, 0, "mna", ""},
    {"cdef", "Familles relais", MODALITY_FAMILIAL, 0, YEARS(12), ANY, 3, ALWAYS, 60, 0, "", ""},
    {"pouponniere", "Les tout-petits", MODALITY_INTERNAT, 0, YEARS(4), ANY, 3, ALWAYS, 0, 1, "medical disability", ""},
    {"village_enfants", "Maison des Marelles", MODALITY_INTERNAT, YEARS(1), YEARS(18), ANY, 6, OFFICE, 0, 0, "", "complex"},
    {"village_enfants", "Maison des Toupies", MODALITY_INTERNAT, YEARS(1), YEARS(18), ANY, 6, OFFICE, 0, 0, "", ""},
    {"lieu_de_vie", "Autour de la table", MODALITY_INTERNAT, YEARS(8), YEARS(18), ANY, 2, OFFICE, 0, 0, "complex", "medical"},
    {"placement_familial", "Familles du service", MODALITY_FAMILIAL, 0, YEARS(18), ANY, 3, OFFICE, 0, 0, "disability", ""},
    {"placement_familial", "Week-ends et vacances", MODALITY_RELAIS, YEARS(3), YEARS(18), ANY, 2, OFFICE, 15, 0, "", ""},
    {"accueil_mere_enfant", "Studios mère-enfant", MODALITY_PARENTAL, 0, YEARS(3), ANY, 3, OFFICE, 0, 0, "mother_child pregnant", ""},
    {"accueil_mere_enfant", "Accueil mère-enfant en urgence", MODALITY_URGENCE, 0, YEARS(3), ANY, 2, ALWAYS, 30, 1, "mother_child pregnant", ""},
    {"centre_parental", "Studios des familles", MODALITY_PARENTAL, 0, YEARS(3), ANY, 3, OFFICE, 0, 0, "mother_child", ""},
    {"mna", "Mise à l'abri", MODALITY_URGENCE, YEARS(14), YEARS(18), ANY, 2, ALWAYS, 30, 2, "mna", ""},
    {"mna", "Appartements partagés", MODALITY_SEMI_AUTONOMIE, YEARS(15), YEARS(21), ANY, 2, OFFICE, 0, 0, "mna", "mother_child"},
    {"urgence", "Accueil de nuit et de jour", MODALITY_URGENCE, YEARS(6), YEARS(18), ANY, 3, ALWAYS, 15, 2, "mna complex", ""},
    {"urgence", "Petits en urgence", MODALITY_URGENCE, 0, YEARS(6), ANY, 3, ALWAYS, 15, 1, "medical", ""},
    {"autonomie", "Appartements", MODALITY_SEMI_AUTONOMIE, YEARS(16), YEARS(21), ANY, 1, OFFICE, 0, 0, "mna", "complex"},
    {"autonomie", "Résidence habitat jeunes", MODALITY_SEMI_AUTONOMIE, YEARS(17), YEARS(25), ANY, 1, OFFICE, 0, 0, "", ""},
    {"autre", "Séjours de rupture", MODALITY_RELAIS, YEARS(13), YEARS(18), ANY, 1, OFFICE, 120, 0, "complex psychiatric", ""},
    {"autre", "Hébergement diversifié", MODALITY_SEMI_AUTONOMIE, YEARS(16), YEARS(21), ANY, 1, OFFICE, 0, 0, "", ""},
    {"accueil_jour", "Accueil de jour", MODALITY_ACCUEIL_JOUR, YEARS(6), YEARS(16), ANY, 3, OFFICE, 0, 0, "", ""},
    {"pad", "Placement à domicile", MODALITY_PAD, 0, YEARS(18), ANY, 6, OFFICE, 0, 0, "", ""},
    {"experimental", "Équipe mobile et répit", MODALITY_RELAIS, YEARS(8), YEARS(18), ANY, 1, ALWAYS, 45, 0, "complex psychiatric disability", ""},
};
const int demo_groups_n = ARRAY_LENGTH(demo_groups);

const char *const demo_operators[] = {
    "Association du Petit Matin (fictive)", "Fondation des Grands Chemins (fictive)",
    "Association La Courte Échelle (fictive)", "Union des Maisons Claires (fictive)",
    "Association Toit et Tartines (fictive)", "Fondation Lucien Belétoile (fictive)",
};
const int demo_operators_n = ARRAY_LENGTH(demo_operators);

const char *const demo_streets[] = {
    "rue des Libellules", "chemin du Hérisson", "impasse des Tartines", "allée des Nénuphars",
    "rue de la Balançoire", "chemin des Mésanges", "place du Vieux Puits", "rue des Bottes de pluie",
    "avenue du Soleil couchant", "chemin des Framboises", "rue du Chat qui dort", "sentier des Cabrioles",
};
const int demo_streets_n = ARRAY_LENGTH(demo_streets);

const char *const demo_family_heads[] = {
    "Aub", "Bell", "Bour", "Bruy", "Cal", "Cham", "Clair", "Colom", "Douss", "Églant", "Feuill",
    "Font", "Gal", "Gen", "Hirond", "Lav", "Mouss", "Nois", "Ort", "Pap", "Prim", "Ros", "Sauv",
    "Tart", "Vent", "Verd",
};
const int demo_family_heads_n = ARRAY_LENGTH(demo_family_heads);

const char *const demo_family_tails[] = {
    "elune", "epluie", "erive", "ancolie", "oucette", "eval", "inelle", "olette", "emousse",
    "ombrelle", "ivette", "arondel", "etoile", "ourson", "eclair", "umette",
};
const int demo_family_tails_n = ARRAY_LENGTH(demo_family_tails);
/* clang-format on */
