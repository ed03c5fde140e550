/* SPDX-License-Identifier: EUPL-1.2 */
/* The migrations of schema/, put into the program by schema.cmake. */
#ifndef ADMIN_MIGRATIONS_H
#define ADMIN_MIGRATIONS_H

#include <stddef.h>

struct migration {
    int number;       /* rising */
    const char *name; /* "0001_roles" */
    const char *sql;  /* terminated */
    size_t n;
};

extern const struct migration migrations[];
extern const int migrations_n;

#endif
