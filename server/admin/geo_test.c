/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/geo.h"
#include "admin/import_fixture.h"

#include <math.h>

static const double a = 6378137.0, f = 1 / 298.257222101;

static double radians(double degrees)
{
    return degrees * M_PI / 180;
}

/* Forward Lambert conformal conic with two standard parallels: J. P. Snyder, "Map Projections, a
 * Working Manual" (1987), equations 14-15 and 15-1 to 15-9, with the parallels and origin that
 * define Lambert 93 (44°, 49°; 46°30′ N, 3° E; 700 000, 6 600 000 m). */
static double snyder_t(double phi, double e)
{
    return tan(M_PI / 4 - phi / 2) / pow((1 - e * sin(phi)) / (1 + e * sin(phi)), e / 2);
}

static void to_lambert93(double lat, double lon, double *x, double *y)
{
    const double e = sqrt(f * (2 - f)), p1 = radians(44), p2 = radians(49), p0 = radians(46.5);
    double m1 = cos(p1) / sqrt(1 - e * e * sin(p1) * sin(p1));
    double m2 = cos(p2) / sqrt(1 - e * e * sin(p2) * sin(p2));
    double n = (log(m1) - log(m2)) / (log(snyder_t(p1, e)) - log(snyder_t(p2, e)));
    double big_f = m1 / (n * pow(snyder_t(p1, e), n));
    double rho = a * big_f * pow(snyder_t(radians(lat), e), n);
    double rho0 = a * big_f * pow(snyder_t(p0, e), n);

    *x = 700000 + rho * sin(n * radians(lon - 3));
    *y = 6600000 + rho0 - rho * cos(n * radians(lon - 3));
}

/* Forward transverse Mercator: Snyder, equations 3-21 and 8-9 to 8-15. */
static void to_utm(int zone, double lat, double lon, double *x, double *y)
{
    const double e2 = f * (2 - f), ep2 = e2 / (1 - e2);
    double phi = radians(lat), t = tan(phi) * tan(phi), c = ep2 * cos(phi) * cos(phi);
    double n = a / sqrt(1 - e2 * sin(phi) * sin(phi));
    double w = cos(phi) * radians(lon - (6 * abs(zone) - 183));
    double m = a * ((1 - e2 / 4 - 3 * e2 * e2 / 64 - 5 * e2 * e2 * e2 / 256) * phi -
                    (3 * e2 / 8 + 3 * e2 * e2 / 32 + 45 * e2 * e2 * e2 / 1024) * sin(2 * phi) +
                    (15 * e2 * e2 / 256 + 45 * e2 * e2 * e2 / 1024) * sin(4 * phi) -
                    35 * e2 * e2 * e2 / 3072 * sin(6 * phi));

    *x = 500000 + 0.9996 * n *
                      (w + (1 - t + c) * pow(w, 3) / 6 +
                       (5 - 18 * t + t * t + 72 * c - 58 * ep2) * pow(w, 5) / 120);
    *y = (zone < 0 ? 1e7 : 0) +
         0.9996 * (m + n * tan(phi) *
                           (w * w / 2 + (5 - t + 9 * c + 4 * c * c) * pow(w, 4) / 24 +
                            (61 - 58 * t + t * t + 600 * c - 330 * ep2) * pow(w, 6) / 720));
}

static void there_and_back(const char *departement, int zone, double lat, double lon)
{
    struct geo_point p;
    double x, y;

    if (zone == 0)
        to_lambert93(lat, lon, &x, &y);
    else
        to_utm(zone, lat, lon, &x, &y);
    assert_int_equal(geo_from_projected(span_of(departement), x, y, &p), 0);
    if (fabs(p.lat - lat) > 1e-6 || fabs(p.lon - lon) > 1e-6)
        fail_msg("%s: got %.7f %.7f, expected %.7f %.7f", departement, p.lat, p.lon, lat, lon);
}

static void projections(void **state)
{
    struct geo_point p;

    (void)state;
    there_and_back("31", 0, 46.5, 3.0); /* the origin */
    there_and_back("31", 0, 43.604, 1.444);
    there_and_back("2A", 0, 41.92, 8.74);
    there_and_back("59", 0, 51.03, 2.37);
    there_and_back("29", 0, 48.39, -4.49);
    there_and_back("971", 20, 16.24, -61.53);
    there_and_back("972", 20, 14.6, -61.07);
    there_and_back("973", 22, 4.92, -52.31);
    there_and_back("974", -40, -20.88, 55.45);
    there_and_back("976", -38, -12.78, 45.23);
    assert_int_equal(geo_from_projected(span_of("988"), 400000, 300000, &p), 1);
    assert_int_equal(geo_from_projected(span_of("99"), 400000, 300000, &p), 1);
    assert_int_equal(geo_from_projected(span_of("31"), 1e12, 0, &p), 1);
}

static void in(const char *departement, double lat, double lon, bool inside)
{
    bool found = geo_in_france(span_of(departement), (struct geo_point){lat, lon});

    if (found != inside)
        fail_msg("%s %.2f %.2f is %s France", departement, lat, lon, found ? "in" : "outside");
}

static void france_and_its_neighbours(void **state)
{
    (void)state;
    in("31", 43.60, 1.44, true);  /* Toulouse */
    in("59", 51.04, 2.38, true);  /* Dunkerque */
    in("29", 48.46, -5.09, true); /* Ouessant */
    in("06", 43.78, 7.50, true);  /* Menton */
    in("66", 42.43, 1.95, true);  /* Bourg-Madame's Cerdagne */
    in("67", 49.04, 7.95, true);  /* Wissembourg */
    in("2B", 42.70, 9.45, true);  /* Bastia */
    in("31", 0.0, 0.0, false);
    in("31", 1.44, 43.60, false);  /* latitude and longitude swapped */
    in("66", 41.39, 2.17, false);  /* Barcelona */
    in("62", 51.51, -0.13, false); /* London */
    in("59", 50.85, 4.35, false);  /* Brussels */
    in("73", 45.07, 7.69, false);  /* Turin */
    in("67", 49.01, 8.40, false);  /* Karlsruhe */
    in("974", -20.88, 55.45, true);
    in("974", 43.60, 1.44, false); /* an overseas territory's point stands there */
    in("31", -20.88, 55.45, false);
    in("", -20.88, 55.45, true);
    in("", 40.4, -3.7, false);
}

static void codes(void **state)
{
    char departement[GEO_DEPARTEMENT], insee[GEO_INSEE];

    (void)state;
    assert_int_equal(geo_departement(span_of("31555"), departement), 0);
    assert_string_equal(departement, "31");
    assert_int_equal(geo_departement(span_of("2A004"), departement), 0);
    assert_string_equal(departement, "2A");
    assert_int_equal(geo_departement(span_of("97411"), departement), 0);
    assert_string_equal(departement, "974");
    assert_int_equal(geo_departement(span_of("20004"), departement), 1);
    assert_int_equal(geo_departement(span_of("3155"), departement), 1);
    assert_int_equal(geo_departement(span_of("3155x"), departement), 1);
    assert_int_equal(geo_departement(span_of("97999"), departement), 1);
    assert_int_equal(geo_insee_of_finess(span_of("9B"), span_of("207"), insee), 0);
    assert_string_equal(insee, "97207");
    assert_int_equal(geo_insee_of_finess(span_of("9J"), span_of("613"), insee), 0);
    assert_string_equal(insee, "98613");
    assert_int_equal(geo_insee_of_finess(span_of("9A"), span_of("127"), insee), 0);
    assert_string_equal(insee, "97801");
    assert_int_equal(geo_insee_of_finess(span_of("01"), span_of("451"), insee), 0);
    assert_string_equal(insee, "01451");
    assert_int_equal(geo_insee_of_finess(span_of("01"), span_of("4x1"), insee), 1);
    assert_string_equal(geo_departement_name(span_of("31")), "Haute-Garonne");
    assert_string_equal(geo_departement_name(span_of("99")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(projections),
        cmocka_unit_test(france_and_its_neighbours),
        cmocka_unit_test(codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
