import { readSettings } from '../../shared/settings.ts';

/** The names of all settings that the product reads, whatever their values. */
export function settingsRead(): string[] {
  const names = new Set<string>();
  // With these it also reads what depends on them.
  const values: Record<string, string> = {
    TWILIO_API_KEY_SID: `SK${'0'.repeat(32)}`,
    AlertStorage__tableServiceUri: 'https://contoso.table.core.windows.net',
  };
  const env = new Proxy(values, {
    get(target, name) {
      names.add(String(name));
      return target[String(name)];
    },
  });
  readSettings(env);
  return [...names].sort();
}
