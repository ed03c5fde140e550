/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/ctl.h"

int main(int argc, char **argv)
{
    return ctl_main(argc, argv);
}
