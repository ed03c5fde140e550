/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/geo.h"

#include <math.h>

struct box {
    double south, north, west, east;
};

/* Overseas: the UTM zone (negative: southern hemisphere; 0: files give no projected points) and a
 * box around land, generous because commune points of the postal file are approximate there. */
static const struct territory {
    const char *departement;
    int zone;
    struct box box;
} overseas[] = {
    {"971", 20, {15.5, 18.4, -63.5, -60.7}},  /* Guadeloupe, and the northern islands before 2007 */
    {"972", 20, {14.2, 15.1, -61.5, -60.5}},  /* Martinique */
    {"973", 22, {1.8, 6.2, -55.0, -51.2}},    /* Guyane */
    {"974", -40, {-21.7, -20.6, 55.0, 56.1}}, /* La Réunion */
    {"975", 21, {46.5, 47.4, -56.8, -55.8}},  /* Saint-Pierre-et-Miquelon */
    {"976", -38, {-13.3, -12.3, 44.7, 45.6}}, /* Mayotte */
    {"977", 20, {17.7, 18.1, -63.1, -62.6}},  /* Saint-Barthélemy */
    {"978", 20, {17.9, 18.2, -63.3, -62.8}},  /* Saint-Martin */
    {"984", 0, {-60.0, -10.0, 35.0, 80.0}},   /* Terres australes */
    {"986", -1, {-14.8, -12.8, -178.6, -175.7}}, /* Wallis-et-Futuna */
    {"987", 0, {-28.5, -7.0, -165.0, -133.5}},   /* Polynésie française */
    {"988", 0, {-23.5, -17.5, 157.5, 169.0}},    /* Nouvelle-Calédonie */
    {"989", 0, {10.0, 10.6, -109.6, -108.9}},    /* Clipperton */
};

/* Metropolitan France as an outline drawn by hand some ten kilometres outside its borders,
 * clockwise from Dunkerque; Corsica is a box. */
static const struct geo_point outline[] = {
    {51.25, 2.60},  {50.80, 3.25},  {50.60, 3.75},  {50.30, 4.30},  {50.25, 4.95},  {49.95, 4.98},
    {49.72, 5.50},  {49.68, 5.95},  {49.60, 6.60},  {49.30, 7.00},  {49.20, 7.50},  {49.18, 8.00},
    {49.10, 8.35},  {48.60, 8.00},  {48.00, 7.75},  {47.48, 7.72},  {47.35, 7.20},  {46.55, 6.58},
    {46.53, 6.95},  {46.10, 7.15},  {45.60, 7.30},  {45.00, 7.25},  {44.60, 7.15},  {44.35, 7.20},
    {44.25, 7.85},  {43.70, 7.70},  {43.30, 7.10},  {42.85, 6.60},  {42.90, 5.50},  {43.20, 4.50},
    {42.90, 3.35},  {42.32, 3.32},  {42.22, 2.20},  {42.35, 1.40},  {42.60, 0.60},  {42.60, -0.40},
    {42.85, -1.50}, {43.25, -1.95}, {43.55, -1.75}, {44.60, -1.45}, {45.70, -1.75}, {46.60, -2.60},
    {47.10, -3.40}, {47.70, -5.10}, {48.60, -5.40}, {49.10, -3.80}, {49.10, -2.40}, {49.85, -2.15},
    {49.85, -0.90}, {49.55, -0.20}, {50.10, 0.50},  {50.35, 1.25},  {51.00, 1.40},  {51.25, 2.20},
};
static const struct box corsica = {41.2, 43.2, 8.4, 9.7};

static const struct territory *territory_find(span departement)
{
    for (size_t i = 0; i < ARRAY_LENGTH(overseas); i++)
        if (span_is(departement, overseas[i].departement))
            return &overseas[i];
    return NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool geo_departement_exists(span d)
{
    if (territory_find(d) != NULL)
        return true;
    if (d.n != 2 || span_is(d, "00") || span_is(d, "20"))
        return false;
    if (d.p[0] == '2' && (d.p[1] == 'A' || d.p[1] == 'B'))
        return true;
    return is_digit(d.p[0]) && is_digit(d.p[1]) && (d.p[0] != '9' || d.p[1] <= '5');
}

int geo_departement(span insee, char ret_departement[static GEO_DEPARTEMENT])
{
    size_t n = insee.n == 5 && insee.p[0] == '9' && insee.p[1] >= '7' ? 3 : 2;

    if (insee.n != 5 || !geo_departement_exists((span){insee.p, n}))
        return 1;
    for (size_t i = 2; i < 5; i++)
        if (!is_digit(insee.p[i]))
            return 1;
    memcpy(ret_departement, insee.p, n);
    ret_departement[n] = '\0';
    return 0;
}

int geo_insee_of_finess(span departement, span commune, char ret_insee[static GEO_INSEE])
{
    char departement_found[GEO_DEPARTEMENT];

    if (departement.n != 2 || commune.n != 3)
        return 1;
    memcpy(ret_insee, departement.p, 2);
    memcpy(ret_insee + 2, commune.p, 3);
    ret_insee[5] = '\0';
    /* Overseas FINESS writes 9A…9J where INSEE has the first two of three digits, 97 or 98, and the
     * third digit opens the commune's number: 9B and 207 are 97207. */
    if (ret_insee[0] == '9' && ret_insee[1] >= 'A' && ret_insee[1] <= 'Z')
        ret_insee[1] = ret_insee[1] <= 'F' ? '7' : '8';
    /* The northern islands left Guadeloupe in 2007; FINESS kept their old communes. */
    if (strcmp(ret_insee, "97123") == 0)
        memcpy(ret_insee, "97701", 6);
    if (strcmp(ret_insee, "97127") == 0)
        memcpy(ret_insee, "97801", 6);
    return geo_departement((span){ret_insee, 5}, departement_found);
}

/* GRS80, the ellipsoid of RGF93 and its overseas kin, which coincide with WGS84 within a metre. */
static const double grs80_a = 6378137.0;
static const double grs80_f = 1.0 / 298.257222101;

static double degrees(double radians)
{
    return radians * 180.0 / M_PI;
}

/* Lambert 93 → geographic. IGN, note technique NTG_71 "Projection cartographique conique conforme
 * de Lambert", ALG0004 and ALG0002, with the constants it publishes for Lambert 93. */
static struct geo_point from_lambert93(double x, double y)
{
    const double n = 0.7256077650532670, c = 11754255.426096, xs = 700000.0, ys = 12655612.049876;
    const double e = sqrt(grs80_f * (2 - grs80_f));
    double radius = hypot(x - xs, y - ys);
    double isometric = -log(radius / c) / n;
    double phi = 2 * atan(exp(isometric)) - M_PI / 2;

    for (int i = 0; i < 30; i++) {
        double s = e * sin(phi);
        double next = 2 * atan(pow((1 + s) / (1 - s), e / 2) * exp(isometric)) - M_PI / 2;

        if (fabs(next - phi) < 1e-12)
            break;
        phi = next;
    }
    return (struct geo_point){degrees(phi), 3.0 + degrees(atan((x - xs) / (ys - y)) / n)};
}

/* UTM → geographic: Krüger's series to the third order in n, as given by C. F. F. Karney,
 * "Transverse Mercator with an accuracy of a few nanometers" (2011), equations 11, 15 and 36;
 * the latitude from the conformal latitude as in IGN NTG_71, ALG0002. */
static struct geo_point from_utm(int zone, double x, double y)
{
    const double f = grs80_f, n = f / (2 - f), e = sqrt(f * (2 - f));
    const double a = grs80_a / (1 + n) * (1 + n * n / 4 + n * n * n * n / 64);
    const double beta[] = {n / 2 - 2 * n * n / 3 + 37 * n * n * n / 96, n * n / 48 + n * n * n / 15,
                           17 * n * n * n / 480};
    double xi = (y - (zone < 0 ? 10000000.0 : 0.0)) / (0.9996 * a);
    double eta = (x - 500000.0) / (0.9996 * a);
    double xi0 = xi, eta0 = eta;
    double conformal, phi;

    for (int j = 0; j < 3; j++) {
        xi0 -= beta[j] * sin(2 * (j + 1) * xi) * cosh(2 * (j + 1) * eta);
        eta0 -= beta[j] * cos(2 * (j + 1) * xi) * sinh(2 * (j + 1) * eta);
    }
    conformal = asin(sin(xi0) / cosh(eta0));
    phi = conformal;
    for (int i = 0; i < 30; i++) {
        double s = e * sin(phi);
        double next =
            2 * atan(pow((1 + s) / (1 - s), e / 2) * tan(M_PI / 4 + conformal / 2)) - M_PI / 2;

        if (fabs(next - phi) < 1e-12)
            break;
        phi = next;
    }
    return (struct geo_point){degrees(phi),
                              degrees(atan2(sinh(eta0), cos(xi0))) + 6 * abs(zone) - 183};
}

int geo_from_projected(span departement, double x, double y, struct geo_point *ret_point)
{
    const struct territory *t = territory_find(departement);

    if (t == NULL && !geo_departement_exists(departement))
        return 1;
    if (t != NULL && t->zone == 0)
        return 1;
    if (fabs(x) > 2e7 || fabs(y) > 2e7)
        return 1;
    *ret_point = t == NULL ? from_lambert93(x, y) : from_utm(t->zone, x, y);
    return isfinite(ret_point->lat) && isfinite(ret_point->lon) ? 0 : 1;
}

static bool in_box(const struct box *b, struct geo_point p)
{
    return p.lat >= b->south && p.lat <= b->north && p.lon >= b->west && p.lon <= b->east;
}

/* Even-odd rule. */
static bool in_outline(struct geo_point p)
{
    bool inside = false;

    for (size_t i = 0, j = ARRAY_LENGTH(outline) - 1; i < ARRAY_LENGTH(outline); j = i++) {
        struct geo_point a = outline[i], b = outline[j];

        if ((a.lat > p.lat) != (b.lat > p.lat) &&
            p.lon < (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat) + a.lon)
            inside = !inside;
    }
    return inside;
}

bool geo_in_france(span departement, struct geo_point p)
{
    const struct territory *t = territory_find(departement);

    if (t != NULL)
        return in_box(&t->box, p);
    if (in_outline(p) || in_box(&corsica, p))
        return true;
    for (size_t i = 0; departement.n == 0 && i < ARRAY_LENGTH(overseas); i++)
        if (in_box(&overseas[i].box, p))
            return true;
    return false;
}
