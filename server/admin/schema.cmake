# SPDX-License-Identifier: EUPL-1.2
# The migrations of schema/ as bytes in a C file, so that ugod and ugoctl carry the schema they were
# built for. Included by server/CMakeLists.txt; run again with -P as the build step itself.
if(CMAKE_SCRIPT_MODE_FILE)
    set(table "")
    set(code "/* SPDX-License-Identifier: EUPL-1.2 */\n/* Generated from schema/. */\n")
    string(APPEND code "#include \"admin/migrations.h\"\n\n")
    file(GLOB files ${SCHEMA}/[0-9][0-9][0-9][0-9]_*.sql)
    list(SORT files)
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WE)
        string(SUBSTRING ${name} 0 4 number)
        file(READ ${file} bytes HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
        string(APPEND code "static const unsigned char sql_${number}[] = {\n${bytes}0};\n")
        string(REGEX REPLACE "^0+" "" value ${number})
        string(APPEND table
            "    {${value}, \"${name}\", (const char *)sql_${number}, sizeof sql_${number} - 1},\n")
    endforeach()
    string(APPEND code "\nconst struct migration migrations[] = {\n${table}};\n")
    string(APPEND code "const int migrations_n = sizeof migrations / sizeof migrations[0];\n")
    file(WRITE ${OUTPUT} "${code}")
    return()
endif()

file(GLOB schema_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schema/[0-9][0-9][0-9][0-9]_*.sql)
set(schema_code ${CMAKE_CURRENT_BINARY_DIR}/migrations.c)
add_custom_command(OUTPUT ${schema_code}
    COMMAND ${CMAKE_COMMAND} -DSCHEMA=${CMAKE_SOURCE_DIR}/schema -DOUTPUT=${schema_code}
            -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS ${schema_files} ${CMAKE_CURRENT_LIST_FILE}
    VERBATIM)
target_sources(ugo_admin PRIVATE ${schema_code})
