/** Microsoft's sample people. */
export const SAMPLE_NAMES = (
  'Adele Vance Alex Wilber Megan Bowen Diego Siciliani Lidia Holloway Nestor Wilke Joni Sherman Isaiah Langer Patti ' +
  'Fernandez Pradeep Gupta Lynne Robbins Miriam Graham Henrietta Mueller Irvin Sayers Grady Archie Johanna Lorenz ' +
  'Allan Deyoung Debra Berger Emily Braun Christie Cline Enrico Cattaneo Gerhart Moller Raul Razo Cameron White'
).split(' ');

/** Microsoft's sample companies: no word of them is anybody's place. */
export const SAMPLE_PLACES = (
  'Contoso Fabrikam Northwind Litware Tailspin Adatum Wingtip Woodgrove Proseware Relecloud Lamna Trey Bellows Munson ' +
  'Alpine Margie Humongous Coho Yonder Southridge Lucerne Nodpublishers Vanarsdel Wideworld Consolidated Messenger ' +
  'Fourthcoffee Graphicdesign Firstup Bestforyou Libertysdelightful Oldplacefarm'
).split(' ');

export const SAMPLE_MAILBOXES =
  'adelev alexw meganb diegos lidiah nestorw jonis isaiahl pattif pradeepg lynner miriamg'.split(' ');
export const SAMPLE_DOMAINS = ['contoso.com', 'fabrikam.com', 'northwindtraders.com', 'litwareinc.com', 'adatum.com'];
export const SAMPLE_STATES = ['WA', 'OR', 'NY', 'TX', 'CO', 'MN'];
/** For words in scripts without capitals, which are not parted by blanks. */
export const SAMPLE_SIGNS = ['見本', '例示', '仮名', '雛形', '標本', '手本'];
