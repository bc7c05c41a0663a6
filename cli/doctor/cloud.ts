/** Names that differ between the clouds of Microsoft; https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure#guidance-for-developers */
export interface Cloud {
  /** Origin of Azure Resource Manager. */
  resourceManager: string;
  /** What follows the name of a vault. */
  vaultDomain: string;
}

const GOVERNMENT_GRAPH = ['https://graph.microsoft.us', 'https://dod-graph.microsoft.us'];

/** The cloud in which that Graph is. */
export function cloudOf(graphBaseUrl: string | undefined): Cloud {
  return GOVERNMENT_GRAPH.includes(graphBaseUrl?.replace(/\/$/, '') ?? '')
    ? { resourceManager: 'https://management.usgovcloudapi.net', vaultDomain: 'vault.usgovcloudapi.net' }
    : { resourceManager: 'https://management.azure.com', vaultDomain: 'vault.azure.net' };
}
