/** YAML text → plain value with positions. */
export { pathText, readYaml, YAML_ALIAS_MAX, YAML_DEPTH_MAX, YAML_SIZE_MAX_CHARS, type YamlFile, type YamlPath } from './read-yaml.ts'
