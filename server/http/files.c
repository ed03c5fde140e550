/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of the console, as they are. */
#include "http/exchange.h"

void files_ask(struct exchange *x, const struct http_request *q)
{
    const struct assets *assets = x->service->assets;
    struct asset_answer file;
    struct http_problem none = http_problem_of(404, "no_such_file");
    struct http_problem other = http_problem_of(405, NULL);
    if (q->method != HTTP_GET && q->method != HTTP_HEAD) {
        x->allow = 1u << HTTP_GET | 1u << HTTP_HEAD;
        exchange_problem(x, &other);
        return;
    }
    if (assets == NULL || assets_find(assets, link_path(q->path), q->field[FIELD_ACCEPT_ENCODING],
                                      q->field[FIELD_IF_NONE_MATCH], &file) != 0) {
        exchange_problem(x, &none);
        return;
    }
    struct http_head head = exchange_head(x, file.status);
    asset_head(&file, &head);
    exchange_file(x, &head, file.body);
}
