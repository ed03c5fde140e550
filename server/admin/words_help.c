/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/words.h"

/* clang-format off */
const struct words words_help[] = {
    {"help_head",
     "ugoctl administre le registre ugo.\n\n"
     "  ugoctl [--config FICHIER | --database CONNINFO] [--lang fr|en] VERBE …\n",
     "ugoctl administers the ugo register.\n\n"
     "  ugoctl [--config FILE | --database CONNINFO] [--lang fr|en] VERB …\n"},
    {"help_tail",
     "\nRésultat : 0 fait, 1 refusé ou échoué, 2 commande mal écrite.",
     "\nExit status: 0 done, 1 refused or failed, 2 wrong usage."},
    {"help_migrate", "amène la base au schéma de ce programme (vers l'avant seulement)",
     "brings the database to this program's schema (forward only)"},
    {"help_import_finess",
     "établissements : fichier FINESS, ou les deux flux FINESS+ (STRUCTURES et ACTIVITÉS)",
     "establishments: a FINESS file, or both FINESS+ flows (STRUCTURES and ACTIVITES)"},
    {"help_import_communes", "communes : code INSEE, nom, code postal, point",
     "communes: INSEE code, name, postcode, point"},
    {"help_import_territories", "territoires du département et leurs communes : territory;name;level;parent;communes",
     "the département's territories and their communes: territory;name;level;parent;communes"},
    {"help_import_units", "unités, dont les familles d'accueil : establishment;unit;name;modality;…",
     "units, foster families among them: establishment;unit;name;modality;…"},
    {"help_account_add",
     "crée un compte et montre son jeton, une seule fois\n"
     "      ROLE : establishment service territory mobile astreinte def admin",
     "creates an account and shows its token, once only\n"
     "      ROLE: establishment service territory mobile astreinte def admin"},
    {"help_account_token", "nouveau jeton pour un compte ; --revoke-others annule les précédents",
     "a new token for an account; --revoke-others ends the earlier ones"},
    {"help_account_list", "comptes, rôles, périmètres, moyens de connexion",
     "accounts, roles, scopes, credentials"},
    {"help_account_disable", "ferme un compte : ses connexions s'arrêtent aussitôt",
     "disables an account: its connections end at once"},
    {"help_account_password",
     "mot de passe d'un compte : lu au terminal ou sur l'entrée, ou --generate ; ses sessions s'arrêtent",
     "an account's password: read from the terminal or the input, or --generate; its sessions end"},
    {"help_account_totp",
     "second facteur d'un compte : montre une seule fois son secret et l'adresse otpauth pour son téléphone",
     "an account's second factor: shows once only its secret and the otpauth address for its telephone"},
    {"help_session_list", "sessions de la console : numéro, compte, ouverte, vue pour la dernière fois (UTC)",
     "the console's sessions: number, account, opened, last seen (UTC)"},
    {"help_session_revoke", "arrête une session (les 8 premiers chiffres suffisent), ou toutes celles d'un compte",
     "ends a session (its first 8 digits will do), or all of an account"},
    {"help_cert_issue", "certificat client d'un compte ; crée l'autorité locale à la première fois",
     "a client certificate for an account; creates the local authority at first use"},
    {"help_cert_server", "certificat du serveur pour ces noms ou adresses IP, par la même autorité",
     "the server's certificate for these names or IP addresses, by the same authority"},
    {"help_cert_revoke", "annule les certificats d'un compte, ou un seul (fichier PEM, empreinte SHA-256)",
     "revokes an account's certificates, or a single one (PEM file, SHA-256 fingerprint)"},
    {"help_audit_verify",
     "recalcule toute la chaîne d'empreintes de l'historique ; --certificate compare aussi un certificat (JSON)",
     "recomputes the whole hash chain of the history; --certificate compares a certificate (JSON) with it, too"},
    {"help_history_retain",
     "oublie l'historique de plus de N ans (1 à 100), pour toujours ; l'état actuel n'est pas touché, et ce qui\n"
     "      reste est toujours vérifiable. --dry-run dit seulement combien",
     "lets go of the history older than N years (1 to 100), for ever; the present state is not touched, and what\n"
     "      remains stays verifiable. --dry-run only tells how much"},
    {"help_doctor", "vérifie l'installation et dit quoi faire", "checks the installation and says what to do"},
    {"help_demo_load", "charge le département de démonstration, ses comptes et ses certificats",
     "loads the demonstration département, its accounts and certificates"},
    {NULL, NULL, NULL},
};
/* clang-format on */
