/**
 * The prompts for one class: each template with the class name in place of `{}`.
 *
 * @example fillTemplates(['a photo of a {}.', 'a drawing of a {}.'], 'red apple')
 * @throws Error if a template has no `{}`
 */
export function fillTemplates(templates: readonly string[], className: string): string[] {
  return templates.map((template) => {
    if (!template.includes('{}')) {
      throw new Error(`A prompt template needs {} where the class name goes, got "${template}".`);
    }
    return template.replaceAll('{}', () => className);
  });
}
