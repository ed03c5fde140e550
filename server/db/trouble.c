/* SPDX-License-Identifier: EUPL-1.2 */
#include "db/trouble.h"

#include <string.h>

void trouble_copy(char *to, size_t room, const char *message)
{
    size_t n = 0;
    for (const char *p = message != NULL ? message : "out of memory"; *p != '\0'; p++) {
        char c = (unsigned char)*p < ' ' ? ' ' : *p;
        if (n + 1 < room && !(c == ' ' && (n == 0 || to[n - 1] == ' ')))
            to[n++] = c;
    }
    while (n > 0 && to[n - 1] == ' ')
        n--;
    to[n] = '\0';
}
