import type { ComponentChildren } from 'preact';
import { type Block, type Inline, type ListItem, parseMarkdown } from '../rules/markdown.ts';

/** Shows a text of {@link parseMarkdown} as elements; `renderBox` draws the checkbox of an item. */
export function Markdown({
  source,
  renderBox,
}: {
  source: string;
  renderBox: (box: number, label: ComponentChildren) => ComponentChildren;
}) {
  return (
    <div class="markdown">
      {parseMarkdown(source).map((block, i) => (
        <BlockView key={i} block={block} renderBox={renderBox} />
      ))}
    </div>
  );
}

function BlockView({
  block,
  renderBox,
}: {
  block: Block;
  renderBox: (box: number, label: ComponentChildren) => ComponentChildren;
}) {
  if (block.kind === 'heading')
    return block.level <= 1 ? <h3>{inlines(block.inlines)}</h3> : <h4>{inlines(block.inlines)}</h4>;
  if (block.kind === 'paragraph') return <p>{inlines(block.inlines)}</p>;
  const items = block.items.map((item, i) => (
    <li key={i} class={item.box === null ? '' : 'with-box'}>
      {itemView(item, renderBox)}
    </li>
  ));
  return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function itemView(
  { box, inlines: content }: ListItem,
  renderBox: (box: number, label: ComponentChildren) => ComponentChildren,
) {
  return box === null ? inlines(content) : renderBox(box, inlines(content));
}

function inlines(content: readonly Inline[]): ComponentChildren {
  return content.map(inlineView);
}

function inlineView(inline: Inline): ComponentChildren {
  switch (inline.kind) {
    case 'text':
      return inline.text;
    case 'strong':
      return <strong>{inline.text}</strong>;
    case 'emphasis':
      return <em>{inline.text}</em>;
    case 'code':
      return <code>{inline.text}</code>;
    case 'link':
      return (
        <a href={inline.href} target="_blank" rel="noreferrer">
          {inline.text}
        </a>
      );
  }
}
