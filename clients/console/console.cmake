# SPDX-License-Identifier: EUPL-1.2
# The console: npm's packages by the lock file, once (afterwards no network is needed), then
# esbuild. Everything happens in the build folder; what changes nothing rebuilds nothing.
find_program(UGO_NODE NAMES node nodejs)
find_program(UGO_NPM npm)
if(NOT UGO_NODE OR NOT UGO_NPM)
    message(FATAL_ERROR "the console needs node (18 or later) and npm; "
        "Debian: apt-get install nodejs npm; without the console: -DUGO_CONSOLE=OFF")
endif()
execute_process(COMMAND ${UGO_NODE} -p "process.versions.node.split('.')[0]"
    OUTPUT_VARIABLE node_major OUTPUT_STRIP_TRAILING_WHITESPACE)
if(node_major LESS 18)
    message(FATAL_ERROR "the console needs node 18 or later, ${UGO_NODE} is ${node_major}")
endif()

set(console ${CMAKE_CURRENT_SOURCE_DIR}/console)
set(work ${CMAKE_BINARY_DIR}/console)
set(served ${CMAKE_BINARY_DIR}/share/ugo/console) # beside bin/, as where it is installed
file(MAKE_DIRECTORY ${work} ${CMAKE_BINARY_DIR}/share/ugo)
# The sources are seen from where node_modules is, so that nothing is written among them.
file(CREATE_LINK ${console}/src ${work}/src SYMBOLIC)
file(CREATE_LINK ${console}/tsconfig.json ${work}/tsconfig.json SYMBOLIC)

set(packages ${work}/node_modules/.package-lock.json)
add_custom_command(OUTPUT ${packages}
    DEPENDS ${console}/package.json ${console}/package-lock.json
    COMMAND ${CMAKE_COMMAND} -E copy ${console}/package.json ${console}/package-lock.json ${work}
    COMMAND ${UGO_NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${packages}
    WORKING_DIRECTORY ${work} COMMENT "Fetching the console's packages" VERBATIM)

file(GLOB_RECURSE console_sources CONFIGURE_DEPENDS
    ${console}/src/*.ts ${console}/src/*.tsx ${console}/src/*.css ${console}/public/*)
list(FILTER console_sources EXCLUDE REGEX "_test\\.ts$")
foreach(script build test)
    add_custom_command(OUTPUT ${work}/${script}.mjs DEPENDS ${console}/${script}.mjs
        COMMAND ${CMAKE_COMMAND} -E copy ${console}/${script}.mjs ${work} VERBATIM)
endforeach()
add_custom_command(OUTPUT ${served}/index.html
    DEPENDS ${packages} ${work}/build.mjs ${console}/tsconfig.json ${console_sources}
    COMMAND ${CMAKE_COMMAND} -E env UGO_CONSOLE_SOURCE=${console}
        ${UGO_NODE} build.mjs ${served}
    WORKING_DIRECTORY ${work} COMMENT "Building the console" VERBATIM)
add_custom_target(console ALL DEPENDS ${served}/index.html ${work}/test.mjs)

include(GNUInstallDirs)
install(DIRECTORY ${served}/ DESTINATION ${CMAKE_INSTALL_DATADIR}/ugo/console)

if(UGO_TESTS)
    add_test(NAME console.types WORKING_DIRECTORY ${work}
        COMMAND ${UGO_NODE} node_modules/typescript/bin/tsc --project .)
    add_test(NAME console.unit WORKING_DIRECTORY ${work}
        COMMAND ${UGO_NODE} test.mjs ${work}/test)
    add_test(NAME console.budget WORKING_DIRECTORY ${work}
        COMMAND ${UGO_NODE} ${console}/budget.mjs ${served}-sizes.json)
    set_tests_properties(console.types console.unit console.budget
        PROPERTIES LABELS unit TIMEOUT 300)
endif()
