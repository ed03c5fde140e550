/* SPDX-License-Identifier: EUPL-1.2 */
/* Days of a search from its JSON: a day, how long from then on, on which days of the week. */
#ifndef API_DAYS_READ_H
#define API_DAYS_READ_H

#include "core/request.h"
#include "proto/shape.h"

extern const struct shape weekday_element, rhythm_members[];

/* The days for which places are wanted, as rows of a table of shapes. */
#define DAYS_MEMBERS                                                                               \
    {"wanted_on", SHAPE_TEXT, .format = format_date},                                              \
        {"wanted_until", SHAPE_TEXT, .format = format_date},                                       \
    {                                                                                              \
        "days", SHAPE_OBJECT, .members = rhythm_members                                            \
    }

/* What a search is for. */
struct search_days {
    bool dated; /* for days to come: these; else for now */
    struct days days;
    bool lasts;           /* for as long as it will be: nobody said until when */
    struct days promised; /* then: the days that follow, when it may be promised to others */
};

#define PROMISED_DAYS 30

/* Reads and checks what the table of shapes cannot; what is not said is as the request says (NULL:
 * there is none). today: where it is asked. */
void search_days_read(const json_t *params, const struct request *q, int64_t today,
                      struct shape_errors *errors, struct search_days *ret);

#endif
