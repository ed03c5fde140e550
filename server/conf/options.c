/* SPDX-License-Identifier: EUPL-1.2 */
#include "conf/option.h"

#define K INT64_C(1024)
#define M (1024 * K)

static const char *const log_levels[] = {"error", "warning", "notice", "info", "debug", NULL};
static const char *const log_targets[] = {"auto", "stderr", "journald", NULL};

#define AT(member) .name = #member, .offset = offsetof(struct conf, member)
#define RANGE(low, high) .min = (low), .max = (high)
#define RELOADABLE .reloadable = true

/* clang-format off */
const struct option conf_options[] = {
    {AT(data_dir), .type = OPTION_PATH, .fallback = "/var/lib/ugo",
     .en = "Folder for everything ugod keeps (the embedded PostgreSQL lives in it).",
     .fr = "Dossier de tout ce que ugod conserve (dont le PostgreSQL embarqué)."},
    {AT(database), .type = OPTION_TEXT, .fallback = "",
     .en = "libpq connection string of a PostgreSQL server or failover pair (host=a,b dbname=ugo user=ugod). Empty: the embedded one.",
     .fr = "Chaîne de connexion libpq d'un serveur PostgreSQL ou d'une paire (host=a,b dbname=ugo user=ugod). Vide : PostgreSQL embarqué."},
    {AT(postgres_bin), .type = OPTION_PATH, .fallback = "",
     .en = "Folder of initdb and postgres for the embedded database. Empty: the newest of /usr/lib/postgresql/*/bin, or that of the existing data.",
     .fr = "Dossier d'initdb et postgres pour la base embarquée. Vide : la version la plus récente de /usr/lib/postgresql/*/bin, ou celle des données existantes."},
    {AT(user), .type = OPTION_TEXT, .fallback = "ugod",
     .en = "System user that workers and the embedded PostgreSQL run as when ugod is started as root.",
     .fr = "Utilisateur système des processus de travail et du PostgreSQL embarqué quand ugod est lancé par root."},

    {AT(listen), .type = OPTION_ADDRESSES, .fallback = "*:7443",
     .en = "Addresses of the line door (TLS), host:port; * is every address.",
     .fr = "Adresses de la porte « lignes » (TLS), hôte:port ; * désigne toutes les adresses."},
    {AT(listen_https), .type = OPTION_ADDRESSES, .fallback = "",
     .en = "Addresses of the HTTPS door. Empty: closed.",
     .fr = "Adresses de la porte HTTPS. Vide : fermée."},
    {AT(listen_management), .type = OPTION_ADDRESSES, .fallback = "",
     .en = "Addresses of the management listener (plain HTTP: keep it on the loopback). Empty: closed.",
     .fr = "Adresses d'écoute d'administration (HTTP en clair : à garder locale). Vide : fermée."},
    {AT(proxy_protocol_from), .type = OPTION_NETWORKS, .fallback = "", RELOADABLE,
     .en = "Proxies, as addresses or networks, whose connections begin with a PROXY protocol header (v1 or v2).",
     .fr = "Mandataires (adresses ou réseaux) dont les connexions commencent par un en-tête PROXY (v1 ou v2)."},
    {AT(server_cert), .type = OPTION_PATH, .fallback = "", RELOADABLE,
     .en = "PEM file of the server certificate, followed by its chain.",
     .fr = "Fichier PEM du certificat du serveur, suivi de sa chaîne."},
    {AT(server_key), .type = OPTION_PATH, .fallback = "", RELOADABLE,
     .en = "PEM file of its private key; only the user that starts ugod needs to read it.",
     .fr = "Fichier PEM de sa clé privée ; seul l'utilisateur qui lance ugod doit pouvoir le lire."},
    {AT(client_ca), .type = OPTION_PATH, .fallback = "", RELOADABLE,
     .en = "PEM file of the authorities that client certificates must be issued by. Empty: tokens only.",
     .fr = "Fichier PEM des autorités qui délivrent les certificats clients. Vide : jetons seulement."},
    {AT(console_dir), .type = OPTION_PATH, .fallback = UGO_CONSOLE_DIR,
     .en = "Folder of the console's files, served at the HTTPS door. Empty: the interface for programs only.",
     .fr = "Dossier des fichiers de la console, servis à la porte HTTPS. Vide : l'interface pour programmes seulement."},
    {AT(accessibility_contact), .type = OPTION_TEXT, .fallback = "",
     .en = "Whom to write to about the console's accessibility: an address, shown by its statement.",
     .fr = "À qui écrire au sujet de l'accessibilité de la console : une adresse, montrée par sa déclaration."},
    {AT(second_factor), .type = OPTION_NAMES, .fallback = "astreinte, territory, def, mobile, admin", RELOADABLE,
     .en = "Roles whose accounts sign in at the HTTPS door with a second factor only.",
     .fr = "Rôles dont les comptes ne se connectent à la porte HTTPS qu'avec un second facteur."},
    {AT(https_names), .type = OPTION_NAMES, .fallback = "",
     .en = "Names by which browsers may call the HTTPS door, without port. Empty: any.",
     .fr = "Noms sous lesquels les navigateurs peuvent appeler la porte HTTPS, sans port. Vide : n'importe lesquels."},

    {AT(public_url), .type = OPTION_TEXT, .fallback = "",
     .en = "Address of the console as people reach it (https://ugo.example.fr): what links begin with.",
     .fr = "Adresse de la console telle qu'on l'atteint (https://ugo.exemple.fr) : le début des liens envoyés."},

    {AT(reminder_webhook), .type = OPTION_TEXT, .fallback = "",
     .en = "Address of the gateway (mail, SMS) that reminders are posted to. Empty: the file outbox.jsonl of data_dir.",
     .fr = "Adresse de la passerelle (courriel, SMS) à qui les rappels sont confiés. Vide : le fichier outbox.jsonl de data_dir."},
    {AT(reminder_secret), .type = OPTION_TEXT, .fallback = "",
     .en = "Secret shared with the gateway; each reminder is signed with it (Ugo-Signature).",
     .fr = "Secret partagé avec la passerelle ; chaque rappel est signé avec lui (Ugo-Signature)."},
    {AT(reminder_every), .type = OPTION_DURATION, .fallback = "15s", RANGE(USEC_S, 10 * USEC_MIN),
     .en = "How often it is looked whether somebody is to be reminded.",
     .fr = "Intervalle auquel on regarde s'il y a quelqu'un à rappeler."},

    {AT(workers), .type = OPTION_INT, .fallback = "2", RANGE(1, 64),
     .en = "Worker processes; each has one thread and a full copy of the register.",
     .fr = "Processus de travail ; chacun a un fil et une copie entière du registre."},
    {AT(drain_timeout), .type = OPTION_DURATION, .fallback = "10s", RANGE(0, 10 * USEC_MIN), RELOADABLE,
     .en = "How long a stop waits for connections to be told and closed.",
     .fr = "Durée pendant laquelle un arrêt attend que les connexions soient prévenues et closes."},
    {AT(worker_silence), .type = OPTION_DURATION, .fallback = "30s", RANGE(5 * USEC_S, 10 * USEC_MIN), RELOADABLE,
     .en = "A worker that has given no sign of life for so long is killed and replaced.",
     .fr = "Un processus de travail muet aussi longtemps est tué et remplacé."},

    {AT(max_connections), .type = OPTION_INT, .fallback = "10000", RANGE(1, 1000000), RELOADABLE,
     .en = "Connections of one worker.",
     .fr = "Connexions d'un processus de travail."},
    {AT(max_connections_per_address), .type = OPTION_INT, .fallback = "256", RANGE(1, 1000000), RELOADABLE,
     .en = "Connections of one worker from one address (IPv6: from one /64).",
     .fr = "Connexions d'un processus de travail depuis une même adresse (IPv6 : un même /64)."},
    {AT(handshakes_in_progress), .type = OPTION_INT, .fallback = "128", RANGE(1, 100000), RELOADABLE,
     .en = "TLS handshakes going on at a time; at the limit, accepting rests.",
     .fr = "Négociations TLS simultanées ; à la limite, l'acceptation se repose."},
    {AT(accepts_per_turn), .type = OPTION_INT, .fallback = "16", RANGE(1, 1000), RELOADABLE,
     .en = "Connections accepted in one turn of the loop.",
     .fr = "Connexions acceptées par tour de boucle."},
    {AT(handshake_timeout), .type = OPTION_DURATION, .fallback = "5s", RANGE(USEC_S, USEC_MIN), RELOADABLE,
     .en = "Time from the connection to the end of its TLS handshake.",
     .fr = "Délai entre la connexion et la fin de sa négociation TLS."},
    {AT(send_buffer), .type = OPTION_SIZE, .fallback = "64k", RANGE(4 * K, 16 * M), RELOADABLE,
     .en = "Kernel send buffer of a connection (SO_SNDBUF): what one stalled reader may pin.",
     .fr = "Tampon d'envoi du noyau par connexion (SO_SNDBUF) : ce qu'un lecteur bloqué peut retenir."},

    {AT(hello_timeout), .type = OPTION_DURATION, .fallback = "5s", RANGE(USEC_S, USEC_MIN), RELOADABLE,
     .en = "Time a connection has for its first request, hello.",
     .fr = "Délai d'une connexion pour sa première requête, hello."},
    {AT(silence_probe), .type = OPTION_DURATION, .fallback = "15s", RANGE(USEC_S, USEC_HOUR), RELOADABLE,
     .en = "Silence after which a peer is asked for an echo.",
     .fr = "Silence au bout duquel un écho est demandé."},
    {AT(silence_end), .type = OPTION_DURATION, .fallback = "30s", RANGE(2 * USEC_S, 2 * USEC_HOUR), RELOADABLE,
     .en = "Silence that ends a connection.",
     .fr = "Silence qui met fin à la connexion."},
    {AT(mark_every), .type = OPTION_DURATION, .fallback = "4s", RANGE(100 * USEC_MS, 5 * USEC_S), RELOADABLE,
     .en = "Longest time without a mark on a stream that has caught up (5 s is promised).",
     .fr = "Durée maximale sans repère sur un flux à jour (5 s sont promises)."},
    {AT(max_line), .type = OPTION_SIZE, .fallback = "64k", RANGE(4 * K, M), RELOADABLE,
     .en = "Longest request line.",
     .fr = "Plus longue ligne de requête."},
    {AT(max_line_hello), .type = OPTION_SIZE, .fallback = "8k", RANGE(K, M), RELOADABLE,
     .en = "Longest request line before hello is answered.",
     .fr = "Plus longue ligne de requête avant la réponse à hello."},
    {AT(in_flight), .type = OPTION_INT, .fallback = "64", RANGE(1, 4096), RELOADABLE,
     .en = "Requests of one connection waiting for their answer.",
     .fr = "Requêtes d'une connexion en attente de réponse."},
    {AT(subscriptions), .type = OPTION_INT, .fallback = "16", RANGE(1, 1024), RELOADABLE,
     .en = "Subscriptions of one connection.",
     .fr = "Abonnements d'une connexion."},
    {AT(output_bytes), .type = OPTION_SIZE, .fallback = "256k", RANGE(64 * K, 16 * M), RELOADABLE,
     .en = "Output kept for one connection that does not read.",
     .fr = "Sortie conservée pour une connexion qui ne lit pas."},
    {AT(slow_no_byte), .type = OPTION_DURATION, .fallback = "30s", RANGE(USEC_S, USEC_HOUR), RELOADABLE,
     .en = "A connection that takes no byte for so long is closed (bye slow).",
     .fr = "Une connexion qui ne prend aucun octet aussi longtemps est close (bye slow)."},
    {AT(slow_no_mark), .type = OPTION_DURATION, .fallback = "60s", RANGE(2 * USEC_S, USEC_HOUR), RELOADABLE,
     .en = "A stream that reaches no mark for so long is closed (bye slow).",
     .fr = "Un flux qui n'atteint aucun repère aussi longtemps est clos (bye slow)."},

    {AT(http_head_timeout), .type = OPTION_DURATION, .fallback = "10s", RANGE(USEC_S, USEC_MIN), RELOADABLE,
     .en = "Time for the head of a request at the HTTPS door, from its first byte.",
     .fr = "Délai de l'en-tête d'une requête à la porte HTTPS, depuis son premier octet."},
    {AT(http_body_timeout), .type = OPTION_DURATION, .fallback = "10s", RANGE(USEC_S, USEC_MIN), RELOADABLE,
     .en = "Time for its body, from the end of its head.",
     .fr = "Délai de son corps, depuis la fin de l'en-tête."},
    {AT(http_idle), .type = OPTION_DURATION, .fallback = "60s", RANGE(USEC_S, USEC_HOUR), RELOADABLE,
     .en = "A connection of the HTTPS door without a request for so long is closed.",
     .fr = "Une connexion de la porte HTTPS sans requête aussi longtemps est close."},

    {AT(command_queue), .type = OPTION_INT, .fallback = "4096", RANGE(16, 1000000),
     .en = "Commands of one worker waiting for the database.",
     .fr = "Commandes d'un processus de travail en attente de la base."},
    {AT(command_wait), .type = OPTION_DURATION, .fallback = "10s", RANGE(100 * USEC_MS, 10 * USEC_MIN),
     .en = "How long a command waits for an absent database before it fails.",
     .fr = "Attente d'une commande quand la base est absente, avant échec."},
    {AT(batch_max), .type = OPTION_INT, .fallback = "64", RANGE(1, 64),
     .en = "Commands of one batch.",
     .fr = "Commandes d'un lot."},
    {AT(behind_wait), .type = OPTION_DURATION, .fallback = "3s", RANGE(0, USEC_MIN), RELOADABLE,
     .en = "How long a request waits for the position it asks for, before behind.",
     .fr = "Attente de la position demandée par une requête, avant « behind »."},

    {AT(log_level), .type = OPTION_CHOICE, .fallback = "info", .words = log_levels, RELOADABLE,
     .en = "Least important lines that are logged.",
     .fr = "Lignes les moins importantes à journaliser."},
    {AT(log_target), .type = OPTION_CHOICE, .fallback = "auto", .words = log_targets, RELOADABLE,
     .en = "Form of the log lines: auto asks whether journald reads them.",
     .fr = "Forme des lignes du journal : auto regarde si journald les lit."},
};
/* clang-format on */

const size_t conf_options_n = ARRAY_LENGTH(conf_options);

const struct option *option_find(span name)
{
    for (size_t i = 0; i < conf_options_n; i++)
        if (span_is(name, conf_options[i].name))
            return &conf_options[i];
    return NULL;
}

#define NAME_MAX_BYTES 40

/* Levenshtein's distance, one row at a time. */
static size_t distance(span a, const char *b)
{
    size_t row[NAME_MAX_BYTES + 1];
    size_t n = strlen(b);
    if (a.n > NAME_MAX_BYTES || n > NAME_MAX_BYTES)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a.p[i - 1] != b[j - 1]);
            best = row[j] + 1 < best ? row[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[n];
}

const struct option *option_closest(span name)
{
    const struct option *closest = NULL;
    size_t best = 4; /* farther is no typing mistake */
    for (size_t i = 0; i < conf_options_n; i++) {
        size_t d = distance(name, conf_options[i].name);
        if (d < best && d < name.n) {
            best = d;
            closest = &conf_options[i];
        }
    }
    return closest;
}
